// Dirty files, one fault each: the row is set aside with the right line, byte column and reason, and every other row is used.
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "coterie/base/error.h"
#include "coterie/events/event_log_test.h"
#include "coterie/model/run.h"

namespace coterie {
namespace {

struct DirtyFile {
  const char* fault;     // the row, placed behind the third good row
  const char* expected;  // "line,column,column_name,reason,field" of rejects.csv
};

// The good rows of a shape; the fault becomes line 5.
struct Shop {
  std::string header;
  std::vector<std::string> good;
  std::string ending = "\n";
};

std::string file_with(const Shop& shop, const std::string& fault) {
  std::string text = shop.header + shop.ending;
  for (std::size_t i = 0; i < shop.good.size(); ++i) {
    if (i == 3) text += fault + shop.ending;
    text += shop.good[i] + shop.ending;
  }
  return text;
}

// The one row of rejects.csv, without the file's name; all of them where there are more.
std::string rejects_of(const std::string& out) {
  std::istringstream lines(content_of(out + "/rejects.csv"));
  std::string line, all;
  std::getline(lines, line);
  while (std::getline(lines, line)) all += (all.empty() ? "" : " | ") + line.substr(line.find(',') + 1);
  return all;
}

void expect_set_aside(const Shop& shop, const std::vector<DirtyFile>& files, const RunOptions& base) {
  const TestFolder folder;
  for (const DirtyFile& dirty : files) {
    RunOptions options = base;
    options.inputs = {folder.file("dirty.csv", file_with(shop, dirty.fault))};
    options.out = folder.path("out");
    options.k = {2, 2};
    options.restarts = 1;
    options.features = FeatureFormat::csv;
    options.threads = 1;
    const RunResult result = run(options);
    EXPECT_EQ(rejects_of(options.out), dirty.expected) << dirty.fault;
    EXPECT_EQ(result.read.rows.read, shop.good.size() + 1) << dirty.fault;
    EXPECT_EQ(result.read.rows.used, shop.good.size()) << dirty.fault;
  }
}

const Shop events = {"event_time,event_type,product_id,category_code,brand,price,user_id,user_session",
                     {"2024-01-01 10:00:00,view,1,a.b,acme,9.99,11,s1", "2024-01-01 10:01:00,cart,1,a.b,acme,9.99,11,s1", "2024-01-01 10:02:00,purchase,1,a.b,acme,9.99,11,s1",
                      "2024-01-02 10:00:00,view,2,a.c,acme,5.00,12,s2", "2024-01-03 10:00:00,view,3,a.c,,7.00,13,s3"}};

TEST(DirtyFiles, OfEvents) {
  expect_set_aside(events,
                   {{"2024-01-01 10:00:00,view,1,a,b,1,,s", "5,34,user_id,no_customer,"},
                    {",view,1,a,b,1,11,s", "5,1,event_time,no_time,"},
                    {"yesterday,view,1,a,b,1,11,s", "5,1,event_time,bad_time,yesterday"},
                    {"2024-13-01 10:00:00,view,1,a,b,1,11,s", "5,1,event_time,bad_time,2024-13-01 10:00:00"},
                    {"2024-02-30 10:00:00,view,1,a,b,1,11,s", "5,1,event_time,bad_time,2024-02-30 10:00:00"},
                    {"2024-01-01 25:00:00,view,1,a,b,1,11,s", "5,1,event_time,bad_time,2024-01-01 25:00:00"},
                    {"2024-01-01 10:60:00,view,1,a,b,1,11,s", "5,1,event_time,bad_time,2024-01-01 10:60:00"},
                    {"01/02/2024,view,1,a,b,1,11,s", "5,1,event_time,bad_time,01/02/2024"},
                    {"2024-01-01 10:00:00 CET,view,1,a,b,1,11,s", "5,1,event_time,bad_time,2024-01-01 10:00:00 CET"},
                    {"2024-01-01 10:00:00,look,1,a,b,1,11,s", "5,21,event_type,unknown_event_type,look"},
                    {"2024-01-01 10:00:00,,1,a,b,1,11,s", "5,21,event_type,unknown_event_type,"},
                    {"2024-01-01 10:00:00,view?,1,a,b,1,11,s", "5,21,event_type,unknown_event_type,view?"},
                    {"2024-01-01 10:00:00,view,1,a,b,1x,11,s", "5,32,price,bad_price,1x"},
                    {"2024-01-01 10:00:00,view,1,a,b,1e3,11,s", "5,32,price,bad_price,1e3"},
                    {"2024-01-01 10:00:00,view,1,a,b,$5,11,s", "5,32,price,bad_price,$5"},
                    {"2024-01-01 10:00:00,view,1,a,b,nan,11,s", "5,32,price,bad_price,nan"},
                    {"2024-01-01 10:00:00,view,1,a,b,\"1,5\",11,s", "5,32,price,bad_price,\"1,5\""},
                    {"2024-01-01 10:00:00,view,1,a,b,9999999999999999,11,s", "5,32,price,bad_price,9999999999999999"},
                    {"2024-01-01 10:00:00,view,1,a,b,1,11", "5,1,,wrong_field_count,7 fields instead of 8"},
                    {"2024-01-01 10:00:00,view,1,a,b,1,11,s,more", "5,1,,wrong_field_count,9 fields instead of 8"},
                    {"nonsense", "5,1,,wrong_field_count,1 fields instead of 8"},
                    {"2024-01-01 10:00:00,view,1,\"a\"b,b,1,11,s", "5,28,,text_after_quote,"},
                    {"2024-01-01 10:00:00,view,1,\"a,b,1,11,s", "5,28,,unterminated_quote,"}},
                   {});
}

const Shop orders = {"invoice;date;customer;product;quantity;unit_price",
                     {"1;2024-01-01 10:00;anna;a;2;5.00", "1;2024-01-01 10:00;anna;b;1;1.50", "2;2024-01-05 12:30;ben;a;1;5.00", "3;2024-01-14 12:30;ben;c;10;2.00", "4;2024-01-15 12:30;cora;a;1;5.00"}};

TEST(DirtyFiles, OfOrderLines) {
  RunOptions options;
  options.orders.drop_duplicates = true;
  expect_set_aside(orders,
                   {{"5;2024-01-16 12:30;;a;1;5", "5,20,customer,no_customer,"},
                    {"5;;dan;a;1;5", "5,3,date,no_time,"},
                    {"5;soon;dan;a;1;5", "5,3,date,bad_time,soon"},
                    {"5;2024-01-32;dan;a;1;5", "5,3,date,bad_time,2024-01-32"},
                    {"5;16.01.2024;dan;a;1;5", "5,3,date,bad_time,16.01.2024"},
                    {"C5;2024-01-16;dan;a;-1;5", "5,1,invoice,cancellation,C5"},
                    {"c17;2024-01-16;dan;a;1;5", "5,1,invoice,cancellation,c17"},
                    {"5;2024-01-16;dan;a;-1;5", "5,20,quantity,returned,-1"},
                    {"5;2024-01-16;dan;a;0;5", "5,20,quantity,zero_quantity,0"},
                    {"5;2024-01-16;dan;a;;5", "5,20,quantity,bad_quantity,"},
                    {"5;2024-01-16;dan;a;one;5", "5,20,quantity,bad_quantity,one"},
                    {"5;2024-01-16;dan;a;1.5;5", "5,20,quantity,bad_quantity,1.5"},
                    {"5;2024-01-16;dan;a;99999999999;5", "5,20,quantity,bad_quantity,99999999999"},
                    {"5;2024-01-16;dan;a;1;", "5,22,unit_price,bad_price,"},
                    {"5;2024-01-16;dan;a;1;free", "5,22,unit_price,bad_price,free"},
                    {"5;2024-01-16;dan;a;1;5,00", "5,22,unit_price,bad_price,\"5,00\""},
                    {"5;2024-01-16;dan;a;1;0", "5,22,unit_price,zero_price,0"},
                    {"5;2024-01-16;dan;a;1;0.00", "5,22,unit_price,zero_price,0.00"},
                    {"5;2024-01-16;dan;a;1;-3", "5,22,unit_price,negative_price,-3"},
                    {"1;2024-01-01 10:00;anna;b;1;1.50", "5,1,,duplicate_row,"},
                    {"5;2024-01-16;dan;a;1", "5,1,,wrong_field_count,5 fields instead of 6"},
                    {"5;2024-01-16;dan;a;1;5;6", "5,1,,wrong_field_count,7 fields instead of 6"},
                    {"5;2024-01-16;\"dan\" d;a;1;5", "5,14,,text_after_quote,"}},
                   options);
}

const Shop customers = {"id,age,city,plan,active,spend",
                        {"1,30,Rome,basic,yes,10.5", "2,40,Oslo,premium,no,20", "3,50,Rome,basic,yes,30", "4,60,Oslo,standard,no,40", "5,25,Rome,basic,yes,15", "6,35,Oslo,premium,no,25", "7,45,Rome,basic,yes,35",
                         "8,55,Oslo,standard,no,45", "9,28,Rome,basic,yes,12", "10,33,Oslo,premium,no,22", "11,36,Rome,basic,yes,32", "12,39,Oslo,standard,no,42"}};

TEST(DirtyFiles, OfCustomers) {
  expect_set_aside(customers,
                   {{",30,Rome,basic,yes,10", "5,1,id,no_customer,"},
                    {"NA,30,Rome,basic,yes,10", "5,1,id,no_customer,NA"},
                    {"2,30,Rome,basic,yes,10", "5,1,id,duplicate_customer,2"},
                    {"13,,Rome,basic,yes,10", "5,4,age,missing_value,"},
                    {"13,n/a,Rome,basic,yes,10", "5,4,age,missing_value,n/a"},
                    {"13,30,,basic,yes,10", "5,7,city,missing_value,"},
                    {"13,30,Rome,,yes,10", "5,12,plan,missing_value,"},
                    {"13,30,Rome,basic,,10", "5,18,active,missing_value,"},
                    {"13,30,Rome,basic,yes,null", "5,22,spend,missing_value,null"},
                    {"13,thirty,Rome,basic,yes,10", "5,4,age,bad_number,thirty"},
                    {"13,30 years,Rome,basic,yes,10", "5,4,age,bad_number,30 years"},
                    {"13,30,Rome,basic,yes,1.2.3", "5,22,spend,bad_number,1.2.3"},
                    {"13,30,Rome,basic,yes,--5", "5,22,spend,bad_number,--5"},
                    {"13,30,Rome,basic,yes", "5,1,,wrong_field_count,5 fields instead of 6"},
                    {"13,30,Rome,basic,yes,10,", "5,1,,wrong_field_count,7 fields instead of 6"},
                    {"13,30,\"Rome\"x,basic,yes,10", "5,7,,text_after_quote,"},
                    {"13,30,\"Rome,basic,yes,10", "5,7,,unterminated_quote,"}},
                   {});
}

TEST(DirtyFiles, ALastLineThatIsCutIsSetAside) {
  const TestFolder folder;
  for (const Shop* shop : {&events, &orders, &customers}) {
    RunOptions options;
    std::string text = file_with(*shop, shop->good[3]);
    text.resize(text.size() - shop->good.back().size() + 2);
    options.inputs = {folder.file("cut.csv", text)};
    options.out = folder.path("out");
    options.k = {2, 2};
    options.features = FeatureFormat::csv;
    const RunResult result = run(options);
    const std::string rejects = rejects_of(options.out);
    EXPECT_NE(rejects.find("unfinished_last_line"), std::string::npos) << rejects;
    EXPECT_TRUE(rejects.starts_with(std::to_string(shop->good.size() + 2) + ",1,") || rejects.find("| " + std::to_string(shop->good.size() + 2) + ",1,") != std::string::npos) << rejects;
    EXPECT_EQ(result.read.rows.read, result.read.rows.used + result.read.rows.all_set_aside());
  }
}

}  // namespace
}  // namespace coterie
