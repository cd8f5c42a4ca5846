// A comparison of two runs, or of two files of labels, for people.
#pragma once

#include "coterie/model/compare_labels.h"

void print_comparison(const coterie::Comparison& comparison);
void print_comparison(const coterie::LabelComparison& comparison);
