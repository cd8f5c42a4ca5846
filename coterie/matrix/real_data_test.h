// The real customer tables whose answers are known, as z-scores; empty where they are not beside the project. For tests only.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/matrix/reference_test.h"
#include "coterie/matrix/standardise.h"

namespace coterie {

inline std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (char c : line) {
    if (c == '"') quoted = !quoted;
    else if (c == ',' && !quoted) cells.emplace_back();
    else if (c != '\r') cells.back() += c;
  }
  return cells;
}

inline Matrix matrix_of(const std::vector<std::vector<double>>& rows, std::size_t columns) {
  Matrix x(rows.size(), columns);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < columns; ++j) x.at(i, j) = rows[i][j];
  if (x.rows() > 0) standardise_in_place(x, fit_standardisation(x));
  return x;
}

// Gender, age, membership, spend, items, rating, discount, days since; rows without a satisfaction level are dropped.
inline Matrix customer_table() {
  std::ifstream file(shared_folder() / "data" / "customers" / "ecommerce_customer_behavior.csv");
  std::string line;
  std::getline(file, line);
  const std::map<std::string, double> codes = {{"Female", 0}, {"Male", 1}, {"Bronze", 0}, {"Gold", 1}, {"Silver", 2}, {"FALSE", 0}, {"TRUE", 1}};
  std::vector<std::vector<double>> rows;
  while (std::getline(file, line)) {
    const auto cells = split(line);
    if (cells.size() < 11 || cells[10].empty()) continue;
    std::vector<double> row;
    for (std::size_t j : {1, 2, 4, 5, 6, 7, 8, 9}) {
      const auto code = codes.find(cells[j]);
      row.push_back(code == codes.end() ? std::stod(cells[j]) : code->second);
    }
    rows.push_back(row);
  }
  return matrix_of(rows, 8);
}

struct OrderHistory {
  long last_order = 0;
  double spend = 0;
  std::set<std::string> invoices;
};

// Seconds of "2010-12-01 08:26:00" on the proleptic calendar, good for differences.
inline long seconds_of(const std::string& time) {
  const auto number = [&](std::size_t at, std::size_t length) { return std::stol(time.substr(at, length)); };
  const long m = number(5, 2), year = number(0, 4) - (m <= 2);
  const long days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * ((m + 9) % 12) + 2) / 5 + number(8, 2);
  return days * 86'400 + number(11, 2) * 3600 + number(14, 2) * 60 + number(17, 2);
}

// log1p of whole days since the last order (from a day after the last of all), invoices and spend of 4,338 customers.
inline Matrix order_customers() {
  gzFile file = gzopen((shared_folder() / "data" / "orders" / "online_retail.csv.gz").c_str(), "rb");
  if (file == nullptr) return {};
  std::unordered_set<std::string> seen;
  std::map<std::string, OrderHistory> customers;
  long last_order = 0;
  char buffer[4096];
  gzgets(file, buffer, sizeof buffer);
  while (gzgets(file, buffer, sizeof buffer) != nullptr) {
    if (!seen.insert(buffer).second) continue;
    const auto cells = split(std::string(buffer).substr(0, std::string(buffer).find_last_not_of("\r\n") + 1));
    const double quantity = std::stod(cells[3]), price = std::stod(cells[5]);
    if (cells[6].empty() || quantity <= 0 || price <= 0) continue;
    OrderHistory& h = customers[cells[6]];
    h.last_order = std::max(h.last_order, seconds_of(cells[4]));
    h.spend += quantity * price;
    h.invoices.insert(cells[0]);
    last_order = std::max(last_order, h.last_order);
  }
  gzclose(file);
  std::vector<std::vector<double>> rows;
  for (const auto& [id, h] : customers)
    rows.push_back({std::log1p((last_order + 86'400 - h.last_order) / 86'400), std::log1p(h.invoices.size()), std::log1p(h.spend)});
  return matrix_of(rows, 3);
}

// Coupons claimed, coupons burned and their ratio (0 without any) of all 1,000 customers.
inline Matrix coupon_customers() {
  const auto folder = shared_folder() / "data" / "coupons";
  std::ifstream customers(folder / "customers.csv"), transactions(folder / "transactions.csv");
  std::map<std::string, std::pair<double, double>> coupons;  // claimed, burned
  std::string line;
  std::getline(customers, line);
  while (std::getline(customers, line)) coupons[split(line)[0]];
  std::getline(transactions, line);
  while (std::getline(transactions, line)) {
    const auto cells = split(line);
    auto& [claimed, burned] = coupons[cells[1]];
    ++claimed, burned += cells[3] == "burned";
  }
  std::vector<std::vector<double>> rows;
  for (const auto& [id, c] : coupons) rows.push_back({c.first, c.second, c.first > 0 ? c.second / c.first : 0});
  return matrix_of(rows, 3);
}

}  // namespace coterie
