// AES without its inverse. The tables of functions in cipher_wrap.c name it, so it has to be there; CCM, the one mode of a
// board, encrypts blocks in both directions (RFC 3610 §2.3, §2.5), so it is never called.

#include "mbedtls/aes.h"
#include "mbedtls/platform.h"

int mbedtls_aes_setkey_dec(mbedtls_aes_context *context, const unsigned char *key, unsigned int bits) {
  (void)context, (void)key, (void)bits;
  return MBEDTLS_ERR_PLATFORM_FEATURE_UNSUPPORTED;
}

int mbedtls_internal_aes_decrypt(mbedtls_aes_context *context, const unsigned char input[16],
                                 unsigned char output[16]) {
  (void)context, (void)input, (void)output;
  return MBEDTLS_ERR_PLATFORM_FEATURE_UNSUPPORTED;
}
