// What of BearSSL a board carries, as one translation unit (see ../whole.c): P-256 on numbers of 15-bit words, and AES with its
// S-box as the only table. Nothing of its protocols, hashes or other curves.
//
// scripts/mbedtls.sh compiles it with BearSSL's folder in the include path.

#include <stdbool.h>
#include "aes_ccm8.h"
#include "p256.h"

#define EXPORT(function) extern __typeof__(function) function __attribute__((externally_visible))

EXPORT(aes_ccm8);
EXPORT(p256_is_point);
EXPORT(p256_is_scalar);
EXPORT(p256_multiply);
EXPORT(p256_public);
EXPORT(p256_sign);
EXPORT(p256_verify);

// Its inner loop in Thumb: on ARMv6-M 12 instructions a step where GCC makes 16. Elsewhere GCC makes the better one.
#define BR_ARMEL_CORTEXM_GCC (__ARM_ARCH_6M__ + 0)
#include "inner.h"
// Buffers for P-256, not for P-521.
#undef BR_MAX_EC_SIZE
#define BR_MAX_EC_SIZE 256

#include "src/codec/ccopy.c"
#include "src/int/i15_add.c"
#include "src/int/i15_bitlen.c"
#include "src/int/i15_decmod.c"
#include "src/int/i15_decode.c"
#include "src/int/i15_encode.c"
#include "src/int/i15_fmont.c"
#include "src/int/i15_iszero.c"
#include "src/int/i15_modpow.c"
#include "src/int/i15_montmul.c"
#include "src/int/i15_ninv15.c"
#include "src/int/i15_sub.c"

/// Into Montgomery's form by doubling once for each bit of a word. BearSSL's own way divides, in 500 bytes.
void br_i15_to_monty(uint16_t *number, const uint16_t *modulus) {
  for (unsigned doublings = 15 * ((modulus[0] + 15u) >> 4); doublings > 0; doublings--) {
    uint32_t is_over = br_i15_add(number, number, 1);
    is_over |= br_i15_sub(number, modulus, 0) ^ 1;
    br_i15_sub(number, modulus, is_over);
  }
}

#include "src/ec/ec_secp256r1.c"
#include "src/ec/ec_prime_i15.c"
// Names of registers in the code above.
#undef t1
#undef t2
#undef t3
#include "p256.c"

#include "src/symcipher/aes_common.c"
#include "src/symcipher/aes_small_enc.c"
#include "aes_ccm8.c"
