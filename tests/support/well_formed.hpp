#pragma once

#include <cstddef>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace heymilo_test {

/// Reads a page as strictly as XML is read: each element is closed in its turn, attributes are
/// quoted and unique, and there is no `<`, `&` or control character that is not markup. Returns the
/// first mistake; empty if there is none.
class WellFormed {
 public:
  static std::string mistakeIn(const std::string& page) { return WellFormed(page).read(); }

 private:
  explicit WellFormed(const std::string& page) : page_(page) {}

  std::string read() {
    constexpr std::string_view kType = "<!DOCTYPE html>\n";
    if (page_.compare(0, kType.size(), kType) != 0) {
      return "it does not begin with the document type";
    }
    at_ = kType.size();
    while (mistake_.empty() && at_ < page_.size()) {
      if (page_[at_] == '<') {
        tag();
      } else {
        text();
      }
    }
    if (mistake_.empty() && !open_.empty()) {
      fail("not closed: " + open_.back());
    }
    return mistake_;
  }

  void fail(const std::string& what) { mistake_ = what + " at byte " + std::to_string(at_); }

  void text() {
    const std::size_t end = std::min(page_.find('<', at_), page_.size());
    const std::string content = page_.substr(at_, end - at_);
    if (open_.empty() && content.find_first_not_of(" \n") != std::string::npos) {
      fail("text outside of the root");
    }
    checkCharacters(content);
    at_ = end;
  }

  void checkCharacters(const std::string& content) {
    static const std::regex entity("&(amp|lt|gt|quot|#39);");
    const std::string rest = std::regex_replace(content, entity, "");
    for (const char c : rest) {
      if (c == '&' || c == '<' || (static_cast<unsigned char>(c) < 0x20 && c != '\n')) {
        fail("a character that is not markup: " + content.substr(0, 60));
        return;
      }
    }
  }

  void tag() {
    static const std::regex closing("^</([a-z0-9]+)>");
    static const std::regex opening(
        "^<([a-z][a-z0-9]*)((?: [a-zA-Z][a-zA-Z0-9:-]*=\"[^\"<]*\")*)(/?)>");
    static const std::regex attribute(" ([a-zA-Z][a-zA-Z0-9:-]*)=\"([^\"<]*)\"");
    const std::string here = page_.substr(at_, page_.find('>', at_) - at_ + 1);
    std::smatch match;
    if (std::regex_search(here, match, closing)) {
      if (open_.empty() || open_.back() != match[1]) {
        fail("closed in the wrong order: " + here);
        return;
      }
      open_.pop_back();
    } else if (std::regex_search(here, match, opening)) {
      if (roots_ == 1 && open_.empty()) {
        fail("a second root");
        return;
      }
      roots_ = 1;
      std::vector<std::string> names;
      const std::string attributes = match[2];
      for (std::sregex_iterator one(attributes.begin(), attributes.end(), attribute), end;
           one != end;
           ++one) {
        checkCharacters((*one)[2]);
        for (const std::string& name : names) {
          if (name == (*one)[1]) {
            fail("an attribute twice: " + here);
          }
        }
        names.push_back((*one)[1]);
      }
      if (match[3].length() == 0) {
        open_.push_back(match[1]);
      }
    } else {
      fail("not a tag: " + here.substr(0, 60));
      return;
    }
    at_ += here.size();
  }

  const std::string& page_;
  std::size_t at_ = 0;
  int roots_ = 0;
  std::vector<std::string> open_;
  std::string mistake_;
};

}  // namespace heymilo_test
