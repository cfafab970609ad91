// PSA's drivers for what keys of P-256 do: ECDSA with random nonces, ECDH. Compiled as a part of ../whole.c.

psa_status_t psa_driver_wrapper_sign_hash(const psa_key_attributes_t *attributes, const uint8_t *key, size_t key_bytes,
                                          psa_algorithm_t algorithm, const uint8_t *hash, size_t hash_bytes,
                                          uint8_t *signature, size_t signature_size, size_t *signature_bytes) {
  uint8_t nonce[p256_scalar_bytes];
  uint32_t blinding;
  if (attributes->core.type != p256_pair || !PSA_ALG_IS_RANDOMIZED_ECDSA(algorithm)) return PSA_ERROR_NOT_SUPPORTED;
  if (hash_bytes != PSA_HASH_LENGTH(PSA_ALG_SHA_256)) return PSA_ERROR_INVALID_ARGUMENT;
  if (signature_size < p256_signature_bytes) return PSA_ERROR_BUFFER_TOO_SMALL;

  psa_status_t status = draw_blinding(&blinding);
  if (status == PSA_SUCCESS) status = draw_scalar(nonce);
  if (status == PSA_SUCCESS && !p256_sign(signature, key, hash, nonce, blinding)) status = PSA_ERROR_GENERIC_ERROR;
  mbedtls_platform_zeroize(nonce, sizeof nonce);
  erase_stack();
  *signature_bytes = p256_signature_bytes;
  return status;
}

psa_status_t psa_driver_wrapper_verify_hash(const psa_key_attributes_t *attributes, const uint8_t *key,
                                            size_t key_bytes, psa_algorithm_t algorithm, const uint8_t *hash,
                                            size_t hash_bytes, const uint8_t *signature, size_t signature_bytes) {
  if (attributes->core.type != p256_public_key || !PSA_ALG_IS_ECDSA(algorithm)) return PSA_ERROR_NOT_SUPPORTED;
  if (hash_bytes != PSA_HASH_LENGTH(PSA_ALG_SHA_256)) return PSA_ERROR_INVALID_ARGUMENT;
  if (signature_bytes != p256_signature_bytes) return PSA_ERROR_INVALID_SIGNATURE;
  return p256_verify(signature, hash, key) ? PSA_SUCCESS : PSA_ERROR_INVALID_SIGNATURE;
}

/// mbedTLS 2.28 asks no driver for an agreement: this takes the place of its function (see ../whole.c).
psa_status_t psa_raw_key_agreement(psa_algorithm_t algorithm, mbedtls_svc_key_id_t key, const uint8_t *peer,
                                   size_t peer_bytes, uint8_t *secret, size_t secret_size, size_t *secret_bytes) {
  psa_key_slot_t *slot;
  uint8_t point[p256_point_bytes];
  uint32_t blinding;
  if (algorithm != PSA_ALG_ECDH) return PSA_ERROR_INVALID_ARGUMENT;
  psa_status_t status =
      psa_get_and_lock_transparent_key_slot_with_policy(key, &slot, PSA_KEY_USAGE_DERIVE, algorithm);
  if (status != PSA_SUCCESS) return status;

  if (slot->attr.type != p256_pair || peer_bytes != p256_point_bytes) {
    status = PSA_ERROR_INVALID_ARGUMENT;
  } else if (secret_size < p256_scalar_bytes) {
    status = PSA_ERROR_BUFFER_TOO_SMALL;
  } else {
    status = draw_blinding(&blinding);
  }
  if (status == PSA_SUCCESS) {
    memcpy(point, peer, sizeof point);
    if (p256_multiply(point, slot->key.data, blinding)) {
      memcpy(secret, point + 1, p256_scalar_bytes);
      *secret_bytes = p256_scalar_bytes;
    } else {
      status = PSA_ERROR_INVALID_ARGUMENT;
    }
    mbedtls_platform_zeroize(point, sizeof point);
    erase_stack();
  }
  const psa_status_t unlocked = psa_unlock_key_slot(slot);
  return status == PSA_SUCCESS ? unlocked : status;
}
