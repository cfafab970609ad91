// All of mbedTLS that a board carries, as one translation unit: compiled with -fwhole-program, GCC sees that nothing but
// the functions below is ever called from outside, drops the parameters that are always the same and inlines what is
// called once. On a Cortex-M0 that is 2 KB of flash and 350 bytes of stack less than file by file.
//
// mbedTLS is PSA here: key store, policies, states of operations, and SHA-256. What is done with keys is, in its terms, the
// drivers': drivers/ takes the place of its psa_crypto_driver_wrappers.c.
//
// scripts/mbedtls.sh compiles it with mbedTLS's library folder in the include path.

#include "psa/crypto.h"

#define EXPORT(function) extern __typeof__(function) function __attribute__((externally_visible))

EXPORT(psa_aead_decrypt);
EXPORT(psa_aead_encrypt);
EXPORT(psa_crypto_init);
EXPORT(psa_destroy_key);
EXPORT(psa_export_public_key);
EXPORT(psa_generate_key);
EXPORT(psa_generate_random);
EXPORT(psa_get_key_attributes);
EXPORT(psa_hash_compute);
EXPORT(psa_hash_finish);
EXPORT(psa_hash_setup);
EXPORT(psa_hash_update);
EXPORT(psa_import_key);
EXPORT(psa_raw_key_agreement);
EXPORT(psa_reset_key_attributes);
EXPORT(psa_set_key_domain_parameters);
EXPORT(psa_sign_hash);
EXPORT(psa_verify_hash);

#include "constant_time.c"
#include "platform_util.c"
#include "sha256.c"

#include "psa_crypto_client.c"
#include "psa_crypto_storage.c"

// This file and the next both call their state global_data.
#define psa_global_data_t psa_slot_data_t
#define global_data slot_data
#include "psa_crypto_slot_management.c"
#undef psa_global_data_t
#undef global_data

// mbedTLS 2.28 asks no driver for an agreement: drivers/asymmetric.c has this function instead.
#define psa_raw_key_agreement builtin_raw_key_agreement
#include "psa_crypto.c"
#undef psa_raw_key_agreement

#include "drivers/drivers.h"
#include "drivers/keys.c"
#include "drivers/asymmetric.c"
#include "drivers/symmetric.c"
