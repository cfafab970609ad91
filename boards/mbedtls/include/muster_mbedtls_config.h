// What of mbedTLS 2.28 a board carries: PSA Crypto's key store and SHA-256. The rest is drivers' (boards/mbedtls/drivers).
//
// scripts/mbedtls.sh compiles the library with this file, and the firmware's Swift sees PSA's headers through it, so
// that both agree on the size of every structure.
#pragma once

// PSA Crypto, its keys kept by the firmware's psa_its_* (boards/Firmware/TrustedStorage.swift).
#define MBEDTLS_PSA_CRYPTO_C
#define MBEDTLS_PSA_CRYPTO_STORAGE_C
#define MBEDTLS_PSA_CRYPTO_CONFIG
#define MBEDTLS_PSA_CRYPTO_CONFIG_FILE "muster_psa_config.h"
// Randomness comes from DeviceCrypto's tested and conditioned noise: no DRBG, no entropy module of mbedTLS's own.
#define MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG
// Keys in use at once; each costs 36 bytes of RAM. Bootstrap or identity key (PSA reloads whichever it wants), a session's
// ephemeral key, a peer's key or an AES key, one spare.
#define MBEDTLS_PSA_KEY_SLOT_COUNT 4

#define MBEDTLS_SHA256_C
// No unrolled rounds.
#define MBEDTLS_SHA256_SMALLER

// Keys in use live in the arena (Sources/CMbedTLS/arena.c) of fixed size: no malloc in the image.
#include <stddef.h>
void *arena_calloc(size_t count, size_t bytes);
void arena_free(void *memory);
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_CALLOC_MACRO arena_calloc
#define MBEDTLS_PLATFORM_FREE_MACRO arena_free

#include "mbedtls/check_config.h"
