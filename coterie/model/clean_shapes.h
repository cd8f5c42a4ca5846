// coterie clean, a shape each (model/clean.h). Files are written, and committed by the caller when all is well.
#pragma once

#include <memory>
#include <vector>

#include "coterie/base/output_file.h"
#include "coterie/model/clean.h"

namespace coterie {

using OutputFiles = std::vector<std::unique_ptr<OutputFile>>;

CleanResult clean_customers(const CleanOptions& options, OutputFiles& files);
CleanResult clean_log(const CleanOptions& options, LogKind kind, OutputFiles& files);
CleanResult clean_related(const CleanOptions& options, OutputFiles& files);

// A step for each reason for which rows were set aside. `each_a_customer`: a row set aside is a customer lost.
void add_row_steps(CleanResult& result, bool each_a_customer);

const char* done_by(OutlierAction action, const char* removed);  // "drawn in to the bounds"

}  // namespace coterie
