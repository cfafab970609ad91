// What of mbedTLS 2.28 a board carries: PSA Crypto's key store, ECDSA and ECDH over P-256, SHA-256, AES-128 in CCM; nothing
// else.
//
// scripts/mbedtls.sh compiles the library with this file, and the firmware's Swift sees PSA's headers through it, so
// that both agree on the size of every structure.
#pragma once

// PSA Crypto, its keys kept by the firmware's psa_its_* (boards/Firmware/TrustedStorage.swift).
#define MBEDTLS_PSA_CRYPTO_C
#define MBEDTLS_PSA_CRYPTO_STORAGE_C
// Randomness comes from DeviceCrypto's tested and conditioned noise: no DRBG, no entropy module of mbedTLS's own.
#define MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG
// Keys in use at once; each costs 36 bytes of RAM. Bootstrap or identity key (PSA reloads whichever it wants), a session's
// ephemeral key, a peer's key or an AES key, one spare.
#define MBEDTLS_PSA_KEY_SLOT_COUNT 4

// ECDSA with P-256 and random nonces, ECDH. Every scalar multiplication is blinded from PSA's generator.
#define MBEDTLS_ECDSA_C
#define MBEDTLS_ECDH_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_NO_INTERNAL_RNG
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_SHA256_C

// AES-CCM: one table in flash, none in RAM. CCM only ever encrypts blocks, so decryption and its tables stay out
// (boards/mbedtls/no_decryption.c).
#define MBEDTLS_CIPHER_C
#define MBEDTLS_CCM_C
#define MBEDTLS_AES_C
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_AES_FEWER_TABLES
#define MBEDTLS_AES_SETKEY_DEC_ALT
#define MBEDTLS_AES_DECRYPT_ALT

// Least memory: the smallest comb, no table of the base point, no unrolled rounds. NIST_OPTIM is both the faster and,
// since nothing then divides by the field's prime, the smaller choice.
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECP_WINDOW_SIZE 2
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 0
#define MBEDTLS_MPI_MAX_SIZE 32
#define MBEDTLS_MPI_WINDOW_SIZE 1
#define MBEDTLS_SHA256_SMALLER
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_NO_UDBL_DIVISION

// Big numbers live in the arena (Sources/CMbedTLS/arena.c) of fixed size: no malloc in the image.
#include <stddef.h>
void *arena_calloc(size_t count, size_t bytes);
void arena_free(void *memory);
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_CALLOC_MACRO arena_calloc
#define MBEDTLS_PLATFORM_FREE_MACRO arena_free

#include "mbedtls/check_config.h"
