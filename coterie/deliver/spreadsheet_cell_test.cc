#include "coterie/deliver/spreadsheet_cell.h"

#include <gtest/gtest.h>

namespace coterie {
namespace {

TEST(SpreadsheetCell, WhatWouldRunAsAFormulaBecomesText) {
  for (const std::string text : {"=1+1", "+SUM(A1)", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =cmd|'/c calc'!A1", "＝1+1", "\xc2\xa0=1", "+4915123456789012", "-", "--1", "+1.2.3", "-A"})
    EXPECT_EQ(harmless_cell(text), "'" + text) << text;
  EXPECT_EQ(harmless_cell(std::string_view("\0=1", 3)), std::string("'\0=1", 4));
}

TEST(SpreadsheetCell, EverythingElseStays) {
  for (const std::string text : {"", "Ann", "12.5", "-12.50", "+3", "a=b", "o'neil@example.org", "'quoted", " two", "2024-01-01", "0049"}) EXPECT_EQ(harmless_cell(text), text) << text;
}

}  // namespace
}  // namespace coterie
