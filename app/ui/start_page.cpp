#include "ui/start_page.hpp"

#include <algorithm>

#include "core/i18n.hpp"
#include "ui/patient_form.hpp"
#include "ui/words.hpp"

namespace caukham::ui {
using core::tr;

StartPage::StartPage(wxWindow* parent, station::Desk& desk, std::function<void()> changed)
    : wxPanel(parent), desk_(desk), changed_(std::move(changed)) {
  SetBackgroundColour(palette().ground);
  SetSizer(new wxBoxSizer(wxVERTICAL));
  build_search();
  build_form();
  form_page_->Hide();
}

void StartPage::build_search() {
  const auto& p = palette();
  search_page_ = make_panel(this, p.ground);
  auto* column = new wxBoxSizer(wxVERTICAL);
  // What became of the examination before, and its patient's name if nobody said it yet.
  last_card_ = make_panel(search_page_, p.good_soft);
  auto* last = new wxBoxSizer(wxHORIZONTAL);
  last_ = new Words(last_card_, {}, 16, Weight::bold, p.good, px(520), 2);
  last->Add(last_, 1, wxALIGN_CENTER_VERTICAL | wxALL, px(10));
  last_who_ = new Button(
      last_card_, words("Who was this?"), [this] { name_exam(last_exam_); }, ButtonStyle::primary, Icon::search, "F4");
  last->Add(last_who_, 0, wxALIGN_CENTER_VERTICAL | wxALL, px(6));
  last_card_->SetSizer(last);
  last_card_->Hide();
  column->Add(last_card_, 0, wxEXPAND | wxTOP, px(12));
  title_ = new Words(search_page_, words("Who is examined today?"), 26, Weight::bold, {}, px(600));
  column->Add(title_, 0, wxTOP | wxBOTTOM | wxEXPAND, px(12));
  const auto label = [&](const wxString& text) {
    column->Add(new Words(search_page_, text, 15, Weight::bold), 0, wxBOTTOM, px(2));
  };
  label(words("Search by name, identity card or phone number"));
  search_ =
      make_field(search_page_, words("Search by name, identity card or phone number"), wxString(), [this] {
        const auto snapshot = desk_.snapshot();
        if (snapshot->found.size() == 1) choose(snapshot->found.front().id, to_utf8(reason_->GetValue()));
      });
  search_->Bind(wxEVT_TEXT, [this](wxCommandEvent&) { desk_.search(tidy(to_utf8(search_->GetValue()))); });
  column->Add(search_, 0, wxEXPAND | wxBOTTOM, px(8));
  reason_title_ = new Words(search_page_, words("Why the patient comes today (may stay empty)"), 15, Weight::bold);
  column->Add(reason_title_, 0, wxBOTTOM, px(2));
  reason_ = make_field(search_page_, words("Why the patient comes"), wxString());
  column->Add(reason_, 0, wxEXPAND | wxBOTTOM, px(8));
  auto* row = new wxBoxSizer(wxHORIZONTAL);
  row->Add(new Button(
               search_page_, words("New patient"), [this] { show_form(true); }, ButtonStyle::primary,
               Icon::plus, "F2"),
           1, wxRIGHT, px(8));
  now_ = new Button(
      search_page_, words("Examine now, name later"),
      [this] { desk_.open_exam("", to_utf8(reason_->GetValue())); }, ButtonStyle::normal, Icon::none, "F3");
  row->Add(now_, 1);
  stop_ = new Button(
      search_page_, words("Name later"), [this] { go_back(); }, ButtonStyle::normal, Icon::back, "Esc");
  stop_->Hide();
  row->Add(stop_, 1);
  column->Add(row, 0, wxEXPAND | wxBOTTOM, px(12));
  results_ = new wxScrolledWindow(search_page_, wxID_ANY, wxDefaultPosition, wxDefaultSize,
                                  wxVSCROLL | wxBORDER_NONE | wxTAB_TRAVERSAL);
  results_->SetBackgroundColour(p.ground);
  results_->SetScrollRate(0, px(22));
  results_->SetSizer(new wxBoxSizer(wxVERTICAL));
  column->Add(results_, 1, wxEXPAND);
  auto* padded = new wxBoxSizer(wxHORIZONTAL);
  padded->Add(column, 1, wxEXPAND | wxLEFT | wxRIGHT, px(24));
  search_page_->SetSizer(padded);
  GetSizer()->Add(search_page_, 1, wxEXPAND);
}

void StartPage::build_form() {
  const auto& p = palette();
  form_page_ = new wxScrolledWindow(this, wxID_ANY, wxDefaultPosition, wxDefaultSize,
                                    wxVSCROLL | wxBORDER_NONE | wxTAB_TRAVERSAL);
  form_page_->SetBackgroundColour(p.ground);
  form_page_->SetScrollRate(0, px(22));
  auto* column = new wxBoxSizer(wxVERTICAL);
  form_title_ = new Words(form_page_, words("New patient"), 26, Weight::bold);
  column->Add(form_title_, 0, wxTOP | wxBOTTOM, px(8));
  column->Add(
      new Words(form_page_,
                words("Tip: scan the QR code of the identity card into the name field; it fills the form."),
                14, Weight::normal, p.muted, px(640), 2),
      0, wxBOTTOM, px(8));
  const auto enter = [this] { save(); };
  const auto labelled = [&](wxSizer* into, const wxString& name, wxTextCtrl*& field, const wxString& hint,
                            int share) {
    auto* cell = new wxBoxSizer(wxVERTICAL);
    cell->Add(new Words(form_page_, name, 15, Weight::bold), 0, wxBOTTOM, px(2));
    field = make_field(form_page_, name, hint, enter);
    cell->Add(field, 0, wxEXPAND);
    into->Add(cell, share, wxRIGHT | wxEXPAND, px(8));
  };
  auto* first = new wxBoxSizer(wxHORIZONTAL);
  labelled(first, words("Full name"), name_, words("with all accents"), 3);
  labelled(first, words("Date of birth"), birth_, words("dd/mm/yyyy or year"), 2);
  column->Add(first, 0, wxEXPAND | wxBOTTOM, px(10));
  auto* second = new wxBoxSizer(wxHORIZONTAL);
  auto* sexes = new wxBoxSizer(wxVERTICAL);
  sexes->Add(new Words(form_page_, words("Sex"), 15, Weight::bold), 0, wxBOTTOM, px(2));
  auto* pair = new wxBoxSizer(wxHORIZONTAL);
  const auto choose = [this](const char* sex) {
    sex_ = sex;
    female_->set_on(sex_ == "female");
    male_->set_on(sex_ == "male");
    female_->set_icon(sex_ == "female" ? Icon::check : Icon::none);
    male_->set_icon(sex_ == "male" ? Icon::check : Icon::none);
  };
  female_ = new Button(form_page_, words("Female"), [choose] { choose("female"); });
  male_ = new Button(form_page_, words("Male"), [choose] { choose("male"); });
  pair->Add(female_, 1, wxRIGHT, px(6));
  pair->Add(male_, 1);
  sexes->Add(pair, 0, wxEXPAND);
  second->Add(sexes, 2, wxRIGHT | wxEXPAND, px(8));
  labelled(second, words("Identity card (CCCD)"), cccd_, words("12 digits"), 3);
  column->Add(second, 0, wxEXPAND | wxBOTTOM, px(10));
  auto* third = new wxBoxSizer(wxHORIZONTAL);
  labelled(third, words("Health insurance card (BHYT)"), bhyt_, words("2 letters, 13 digits"), 1);
  labelled(third, words("Phone"), phone_, wxString(), 1);
  column->Add(third, 0, wxEXPAND | wxBOTTOM, px(10));
  auto* fourth = new wxBoxSizer(wxHORIZONTAL);
  labelled(fourth, words("Why the patient comes"), form_reason_, wxString(), 1);
  column->Add(fourth, 0, wxEXPAND | wxBOTTOM, px(10));
  problem_ = new Words(form_page_, {}, 16, Weight::bold, p.danger, px(640), 2);
  column->Add(problem_, 0, wxBOTTOM, px(6));
  auto* row = new wxBoxSizer(wxHORIZONTAL);
  save_ = new Button(
      form_page_, words("Save and examine"), [this] { save(); }, ButtonStyle::primary, Icon::check, "Enter");
  row->Add(save_, 2, wxRIGHT, px(8));
  row->Add(
      new Button(
          form_page_, words("Back"), [this] { show_form(false); }, ButtonStyle::normal, Icon::back, "Esc"),
      1, wxRIGHT, px(8));
  column->Add(row, 0, wxEXPAND | wxBOTTOM, px(12));
  name_->Bind(wxEVT_TEXT, [this](wxCommandEvent&) { name_changed(); });
  auto* padded = new wxBoxSizer(wxHORIZONTAL);
  padded->Add(column, 1, wxEXPAND | wxLEFT | wxRIGHT, px(24));
  form_page_->SetSizer(padded);
  GetSizer()->Add(form_page_, 1, wxEXPAND);
}

void StartPage::show_form(bool form) {
  if (form) {
    for (auto* field : {name_, birth_, cccd_, bhyt_, phone_}) field->Clear();
    form_reason_->SetValue(reason_->GetValue());
    const std::string typed = tidy(to_utf8(search_->GetValue()));
    if (cccd_ok(typed))
      cccd_->SetValue(to_wx(typed));
    else if (phone_ok(typed))
      phone_->SetValue(to_wx(typed));
    else
      name_->SetValue(to_wx(typed));
    sex_.clear();
    for (auto* b : {female_, male_}) {
      b->set_on(false);
      b->set_icon(Icon::none);
    }
    problem_->set_text({});
  }
  search_page_->Show(!form);
  form_page_->Show(form);
  Layout();
  (form ? name_ : search_)->SetFocus();
}

void StartPage::choose(const std::string& patient, const std::string& reason) {
  if (naming_.empty()) return desk_.open_exam(patient, reason);
  desk_.name_exam(naming_, patient, "");
  stop_naming();
}

void StartPage::name_exam(const std::string& exam) {
  if (exam.empty()) return;
  naming_ = exam;
  set_purpose();
  focus_search();
  if (changed_) changed_();
}

void StartPage::stop_naming() {
  if (naming_.empty()) return;
  naming_.clear();
  search_->ChangeValue({});
  if (form_page_->IsShown()) show_form(false);
  set_purpose();
  if (changed_) changed_();
}

void StartPage::go_back() {
  if (form_page_->IsShown()) return show_form(false);
  if (naming()) return stop_naming();
  focus_search();
}

// The same fields serve two purposes; the words say which.
void StartPage::set_purpose() {
  title_->set_text(naming() ? words("Who is the patient of this examination?") : words("Who is examined today?"));
  save_->set_label(naming() ? words("Save the name") : words("Save and examine"));
  now_->Show(!naming());
  stop_->Show(naming());
  reason_title_->Show(!naming());
  reason_->Show(!naming());
  key_.clear();
  fill_results(*desk_.snapshot());
  Layout();
  search_page_->Layout();
}

void StartPage::show_last(const station::Snapshot& s) {
  const bool shown = s.exam.over() && !naming();
  last_exam_ = shown && s.patient.id.empty() ? s.exam.id : std::string();
  if (shown) {
    const std::string name = s.patient.name.empty() ? tr("a patient without a name") : s.patient.name;
    last_->set_text(to_wx(s.exam.state == "closed"
                              ? tr("Finished and saved: {0}, {1} saved.", name, std::to_string(s.exam.captures))
                              : tr("Finished, but not in the record: {0}.", name)));
  }
  last_who_->Show(!last_exam_.empty());
  if (last_card_->IsShown() != shown) {
    last_card_->Show(shown);
    search_page_->Layout();
  }
  last_card_->Layout();
}

void StartPage::focus_search() {
  if (form_page_->IsShown()) show_form(false);
  search_->SetFocus();
  search_->SelectAll();
}

void StartPage::name_changed() {
  const auto card = read_cccd_qr(to_utf8(name_->GetValue()), today_iso());
  if (!card) return;
  name_->ChangeValue(to_wx(card->name));
  birth_->ChangeValue(to_wx(show_birth_date(card->birth_date)));
  cccd_->ChangeValue(to_wx(card->cccd));
  if (card->sex == "female") female_->press();
  if (card->sex == "male") male_->press();
}

void StartPage::save() {
  station::PatientCard card;
  card.name = tidy(to_utf8(name_->GetValue()));
  card.sex = sex_;
  card.cccd = tidy(to_utf8(cccd_->GetValue()));
  card.bhyt = tidy(to_utf8(bhyt_->GetValue()));
  card.phone = tidy(to_utf8(phone_->GetValue()));
  const std::string birth = tidy(to_utf8(birth_->GetValue()));
  if (const char* wrong = form_problem(card, birth, today_iso())) {
    problem_->set_text(words(wrong));
    form_page_->FitInside();
    form_page_->Layout();
    return;
  }
  card.birth_date = *read_birth_date(birth, today_iso());
  waiting_ = card;
  waiting_since_ = desk_.snapshot()->version;
  problem_->set_text({});
  desk_.create_patient(card);
}

void StartPage::show(const station::Snapshot& s) {
  if (!waiting_.name.empty() && s.version > waiting_since_ && !s.found.empty() &&
      !s.found.front().id.empty() && s.found.front().name == waiting_.name &&
      s.found.front().birth_date == waiting_.birth_date) {
    waiting_ = {};
    choose(s.found.front().id, to_utf8(form_reason_->GetValue()));
  }
  show_last(s);
  if (at_desk(s) && !naming()) {
    if (!search_->IsEmpty()) search_->ChangeValue({});
    reason_->ChangeValue({});
    if (form_page_->IsShown()) show_form(false);
  }
  std::string key = search_->IsEmpty() ? "r" : "f";
  for (const auto& f : s.found) key += "|" + f.id;
  for (const auto& e : s.recent_exams) key += "|" + e.id + e.state + std::to_string(e.captures);
  if (key == key_) return;
  key_ = key;
  fill_results(s);
}

void StartPage::fill_results(const station::Snapshot& s) {
  const auto& p = palette();
  results_->Freeze();
  results_->DestroyChildren();
  auto* column = results_->GetSizer();
  column->Clear();
  const auto heading = [&](const wxString& text) {
    column->Add(new Words(results_, text, 15, Weight::bold, p.muted), 0, wxTOP | wxBOTTOM, px(6));
  };
  const auto row = [&](const wxString& name, const wxString& note, std::function<void()> act) {
    auto* button = new Button(results_, name, std::move(act));
    button->set_left_aligned();
    button->set_note(note);
    column->Add(button, 0, wxEXPAND | wxBOTTOM, px(6));
  };
  constexpr std::size_t most = 30;
  if (!search_->IsEmpty()) {
    heading(s.found.empty() ? words("Nobody found. Check the spelling, or add a new patient.")
                            : words("Found"));
    for (std::size_t i = 0; i < std::min(most, s.found.size()); ++i) {
      const auto& f = s.found[i];
      std::string note = patient_words(f, false);
      if (!f.birth_date.empty()) note += " \u00b7 " + show_birth_date(f.birth_date);
      if (!f.phone.empty()) note += " \u00b7 " + f.phone;
      row(to_wx(f.name), to_wx(note), [this, id = f.id] { choose(id, to_utf8(reason_->GetValue())); });
    }
  } else if (naming()) {
    heading(words("Type a part of the name, or add a new patient with F2."));
  } else if (!s.recent_exams.empty()) {
    heading(words("Last examined"));
    std::vector<std::string> seen;
    for (const auto& e : s.recent_exams) {
      // Every examination without a name is its own: nobody knows whether it was the same person.
      const std::string& who = e.patient_id.empty() ? e.id : e.patient_id;
      if (std::find(seen.begin(), seen.end(), who) != seen.end() || seen.size() >= most) continue;
      seen.push_back(who);
      std::string note =
          day_words(e.opened_unix_ns) + " \u00b7 " + tr("{0} saved", std::to_string(e.captures));
      if (!e.reason.empty()) note += " \u00b7 " + e.reason;
      if (e.state != "closed") note += " \u00b7 " + tr("not finished");
      if (e.patient_id.empty())
        row(words("Name not known yet"), to_wx(note + " \u00b7 " + tr("press to say who it was")),
            [this, id = e.id] { name_exam(id); });
      else
        row(to_wx(e.patient_name), to_wx(note),
            [this, id = e.patient_id] { choose(id, to_utf8(reason_->GetValue())); });
    }
  } else {
    heading(words("No examination yet. Add the first patient with F2."));
  }
  results_->FitInside();
  results_->Layout();
  results_->Thaw();
}

}  // namespace caukham::ui
