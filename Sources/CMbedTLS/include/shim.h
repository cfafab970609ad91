// PSA Crypto as Swift can see it: macros that take arguments or casts, as functions.
#pragma once
#include <psa/crypto.h>

/// ECDSA with a random nonce over a SHA-256 digest: the one signature algorithm of a Muster identity.
static inline psa_algorithm_t muster_ecdsa_sha256(void) { return PSA_ALG_ECDSA(PSA_ALG_SHA_256); }

static inline psa_algorithm_t muster_sha256(void) { return PSA_ALG_SHA_256; }

static inline psa_key_type_t muster_p256_key_pair(void) {
  return PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1);
}

static inline psa_key_type_t muster_p256_public_key(void) {
  return PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1);
}

static inline psa_key_usage_t muster_usage_sign(void) { return PSA_KEY_USAGE_SIGN_HASH; }

static inline psa_key_usage_t muster_usage_verify(void) { return PSA_KEY_USAGE_VERIFY_HASH; }
