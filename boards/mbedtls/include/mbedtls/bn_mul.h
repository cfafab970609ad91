// mbedTLS's multiplication steps, and eight of them in a row as its widest loop body.
//
// P-256 has eight words of 32 bits. Without this, bignum.c also unrolls sixteen steps, which no number here has, in a
// kilobyte of flash on a Cortex-M0.
#pragma once
#include_next "mbedtls/bn_mul.h"

#ifndef MULADDC_HUIT
#define MULADDC_HUIT \
  MULADDC_CORE MULADDC_CORE MULADDC_CORE MULADDC_CORE MULADDC_CORE MULADDC_CORE MULADDC_CORE MULADDC_CORE
#endif
