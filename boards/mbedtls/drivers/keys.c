// PSA's drivers for keys: P-256 pairs and public keys, AES-128. mbedTLS has checked policies, lifetimes and lengths of buffers
// before it asks. Compiled as a part of ../whole.c.

/// A private key or a nonce: uniform below the group's order. All but one in 2^32 draws are.
static psa_status_t draw_scalar(uint8_t scalar[p256_scalar_bytes]) {
  for (int draws = 0; draws < 4; draws++) {
    const psa_status_t status = psa_generate_random(scalar, p256_scalar_bytes);
    if (status != PSA_SUCCESS) return status;
    if (p256_is_scalar(scalar)) return PSA_SUCCESS;
  }
  return PSA_ERROR_INSUFFICIENT_ENTROPY;
}

static psa_status_t draw_blinding(uint32_t *blinding) {
  return psa_generate_random((uint8_t *)blinding, sizeof *blinding);
}

/// Overwrites what an operation with a private key left on the stack below its caller.
static __attribute__((noinline)) void erase_stack(void) {
  uint8_t used[1536];
  mbedtls_platform_zeroize(used, sizeof used);
}

psa_status_t psa_driver_wrapper_generate_key(const psa_key_attributes_t *attributes, uint8_t *key, size_t key_size,
                                             size_t *key_bytes) {
  if (attributes->core.type != p256_pair || attributes->core.bits != 256) return PSA_ERROR_NOT_SUPPORTED;
  *key_bytes = p256_scalar_bytes;
  return draw_scalar(key);
}

psa_status_t psa_driver_wrapper_import_key(const psa_key_attributes_t *attributes, const uint8_t *data, size_t count,
                                           uint8_t *key, size_t key_size, size_t *key_bytes, size_t *bits) {
  bool is_valid;
  *bits = 256;
  switch (attributes->core.type) {
    case PSA_KEY_TYPE_AES:
      is_valid = count == ccm8_key_bytes;
      *bits = 128;
      break;
    case p256_pair: is_valid = count == p256_scalar_bytes && p256_is_scalar(data); break;
    case p256_public_key: is_valid = count == p256_point_bytes && p256_is_point(data); break;
    default: return PSA_ERROR_NOT_SUPPORTED;
  }
  if (!is_valid) return PSA_ERROR_INVALID_ARGUMENT;
  memcpy(key, data, count);
  *key_bytes = count;
  return PSA_SUCCESS;
}

psa_status_t psa_driver_wrapper_export_public_key(const psa_key_attributes_t *attributes, const uint8_t *key,
                                                  size_t key_bytes, uint8_t *data, size_t data_size, size_t *count) {
  uint32_t blinding;
  if (attributes->core.type != p256_pair) return PSA_ERROR_NOT_SUPPORTED;
  if (data_size < p256_point_bytes) return PSA_ERROR_BUFFER_TOO_SMALL;
  const psa_status_t status = draw_blinding(&blinding);
  if (status != PSA_SUCCESS) return status;
  p256_public(data, key, blinding);
  erase_stack();
  *count = p256_point_bytes;
  return PSA_SUCCESS;
}
