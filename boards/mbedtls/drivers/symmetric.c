// PSA's drivers for SHA-256, by mbedTLS's own, and for AES-CCM with a tag of eight bytes. Compiled as a part of ../whole.c.

enum {
  sha256_driver = 1,
  sha256_bytes = PSA_HASH_LENGTH(PSA_ALG_SHA_256),
  ccm8 = PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, ccm8_tag_bytes),
};

static mbedtls_sha256_context *sha256_of(psa_hash_operation_t *operation) {
  return &operation->ctx.mbedtls_ctx.ctx.sha256;
}

psa_status_t psa_driver_wrapper_hash_setup(psa_hash_operation_t *operation, psa_algorithm_t algorithm) {
  if (algorithm != PSA_ALG_SHA_256) return PSA_ERROR_NOT_SUPPORTED;
  operation->id = sha256_driver;
  mbedtls_sha256_starts_ret(sha256_of(operation), 0);
  return PSA_SUCCESS;
}

psa_status_t psa_driver_wrapper_hash_update(psa_hash_operation_t *operation, const uint8_t *input, size_t count) {
  mbedtls_sha256_update_ret(sha256_of(operation), input, count);
  return PSA_SUCCESS;
}

psa_status_t psa_driver_wrapper_hash_finish(psa_hash_operation_t *operation, uint8_t *hash, size_t hash_size,
                                            size_t *hash_bytes) {
  if (hash_size < sha256_bytes) return PSA_ERROR_BUFFER_TOO_SMALL;
  mbedtls_sha256_finish_ret(sha256_of(operation), hash);
  *hash_bytes = sha256_bytes;
  return PSA_SUCCESS;
}

psa_status_t psa_driver_wrapper_hash_abort(psa_hash_operation_t *operation) {
  mbedtls_platform_zeroize(&operation->ctx, sizeof operation->ctx);
  return PSA_SUCCESS;
}

psa_status_t psa_driver_wrapper_hash_compute(psa_algorithm_t algorithm, const uint8_t *input, size_t count,
                                             uint8_t *hash, size_t hash_size, size_t *hash_bytes) {
  psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
  psa_status_t status = psa_hash_setup(&operation, algorithm);
  if (status == PSA_SUCCESS) status = psa_hash_update(&operation, input, count);
  if (status == PSA_SUCCESS) status = psa_hash_finish(&operation, hash, hash_size, hash_bytes);
  psa_hash_abort(&operation);
  return status;
}

static psa_status_t check_ccm8(const psa_key_attributes_t *attributes, psa_algorithm_t algorithm, size_t nonce_bytes,
                               size_t additional_bytes, size_t count, size_t size) {
  if (attributes->core.type != PSA_KEY_TYPE_AES || algorithm != ccm8) return PSA_ERROR_NOT_SUPPORTED;
  if (nonce_bytes != ccm8_nonce_bytes || additional_bytes >= 0xFF00 || count > UINT16_MAX) {
    return PSA_ERROR_INVALID_ARGUMENT;
  }
  return count > size ? PSA_ERROR_BUFFER_TOO_SMALL : PSA_SUCCESS;
}

psa_status_t psa_driver_wrapper_aead_encrypt(const psa_key_attributes_t *attributes, const uint8_t *key,
                                             size_t key_bytes, psa_algorithm_t algorithm, const uint8_t *nonce,
                                             size_t nonce_bytes, const uint8_t *additional, size_t additional_bytes,
                                             const uint8_t *plaintext, size_t count, uint8_t *ciphertext, size_t size,
                                             size_t *ciphertext_bytes) {
  if (size < ccm8_tag_bytes) return PSA_ERROR_BUFFER_TOO_SMALL;
  const psa_status_t status =
      check_ccm8(attributes, algorithm, nonce_bytes, additional_bytes, count, size - ccm8_tag_bytes);
  if (status != PSA_SUCCESS) return status;
  aes_ccm8(key, nonce, additional, additional_bytes, plaintext, ciphertext, count, false, ciphertext + count);
  *ciphertext_bytes = count + ccm8_tag_bytes;
  return PSA_SUCCESS;
}

psa_status_t psa_driver_wrapper_aead_decrypt(const psa_key_attributes_t *attributes, const uint8_t *key,
                                             size_t key_bytes, psa_algorithm_t algorithm, const uint8_t *nonce,
                                             size_t nonce_bytes, const uint8_t *additional, size_t additional_bytes,
                                             const uint8_t *ciphertext, size_t ciphertext_bytes, uint8_t *plaintext,
                                             size_t size, size_t *plaintext_bytes) {
  uint8_t tag[ccm8_tag_bytes];
  if (ciphertext_bytes < ccm8_tag_bytes) return PSA_ERROR_INVALID_ARGUMENT;
  const size_t count = ciphertext_bytes - ccm8_tag_bytes;
  const psa_status_t status = check_ccm8(attributes, algorithm, nonce_bytes, additional_bytes, count, size);
  if (status != PSA_SUCCESS) return status;
  aes_ccm8(key, nonce, additional, additional_bytes, ciphertext, plaintext, count, true, tag);
  // mbedTLS erases the plaintext when this fails.
  if (mbedtls_psa_safer_memcmp(tag, ciphertext + count, sizeof tag) != 0) return PSA_ERROR_INVALID_SIGNATURE;
  *plaintext_bytes = count;
  return PSA_SUCCESS;
}
