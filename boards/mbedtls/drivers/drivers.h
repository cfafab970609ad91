// What the drivers share. Every key of a board is in PSA's own memory and storage, so there is no other location to ask.
#pragma once
#include "aes_ccm8.h"
#include "p256.h"

enum {
  p256_pair = PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1),
  p256_public_key = PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1),
};

psa_status_t psa_driver_wrapper_init(void) { return PSA_SUCCESS; }

void psa_driver_wrapper_free(void) {}

/// Asked only of keys that are elsewhere.
psa_status_t psa_driver_wrapper_get_key_buffer_size(const psa_key_attributes_t *attributes, size_t *key_bytes) {
  return PSA_ERROR_NOT_SUPPORTED;
}
