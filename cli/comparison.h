// A comparison of two runs, for people.
#pragma once

#include "coterie/model/compare.h"

void print_comparison(const coterie::Comparison& comparison);
