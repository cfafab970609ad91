// What the firmware's Swift answers on a board, answered on a host, where DeviceCryptoTests run on the boards' PSA
// (scripts/psa-test.sh): memory, noise, and storage as files in mbedTLS's own way.

#include <stdlib.h>
#include <sys/random.h>
#include "psa/crypto.h"

void *arena_calloc(size_t count, size_t bytes) { return calloc(count, bytes); }

void arena_free(void *memory) { free(memory); }

psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context, uint8_t *bytes,
                                             size_t count, size_t *written) {
  (void)context;
  if (getrandom(bytes, count, 0) != (ssize_t)count) return PSA_ERROR_INSUFFICIENT_ENTROPY;
  *written = count;
  return PSA_SUCCESS;
}

#include "psa_its_file.c"
