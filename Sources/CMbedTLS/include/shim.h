#pragma once
#include <psa/crypto.h>
