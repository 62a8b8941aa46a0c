// What one console still lacks of the evidence, and in which order it gets it. Pure logic over three
// functions; holds numbers, never records: those are read again from the exam's files when their turn comes,
// so memory stays bounded however long the line was down.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "session/meeting.hpp"

namespace caukham::session {

class EvidenceSender {
 public:
  using Still = std::shared_ptr<const std::vector<std::uint8_t>>;
  struct Pipe {
    std::function<void(std::vector<std::byte>)> send;
    std::function<std::size_t()> queued;  // bytes the transport has not taken yet
  };
  static constexpr std::size_t record_window = 256 * 1024;  // bytes under way, at most
  static constexpr std::size_t max_records_a_turn = 64;     // then others of this thread have their turn

  EvidenceSender(EvidenceSource source, Pipe pipe) : source_(std::move(source)), pipe_(std::move(pipe)) {}

  // The console has everything before `next`: sending goes on from there. Beyond what exists: false, hostile
  // or another exam.
  bool have(StreamNumber stream, std::uint64_t next);
  bool wants(StreamNumber stream) const { return streams_.count(stream) != 0; }
  void available(StreamNumber stream, std::uint64_t records);  // records 0 … records-1 are in the file
  void ended(StreamNumber stream);
  // `read` is asked for the bytes when the still's turn comes and again after every pause; null: it is gone.
  void still(std::uint32_t number, std::uint64_t bytes, std::function<Still()> read);
  void have_still(std::uint32_t number, std::uint64_t next_byte);
  // The console's receipt; false: it says to have got more than was sent.
  bool got(std::uint64_t bytes, std::int64_t now_ns);

  // Sends what may be sent now. True when it stopped only because its turn was over.
  bool pump(std::int64_t now_ns);
  // Streams that have ended and were handed over to the last record, each reported once after have().
  std::vector<StreamNumber> complete();

  std::uint64_t under_way() const;  // bytes sent and not yet receipted
  std::size_t still_window() const { return still_window_; }

 private:
  struct Stream {
    std::uint64_t next = 0, count = 0;
    bool ended = false, told = false;
  };
  struct Piece {
    std::uint64_t end = 0;
    std::int64_t sent_ns = 0;
    bool still = false;
  };
  struct Pending {
    std::uint64_t bytes = 0, next = 0;
    std::function<Still()> read;
    Still open;
  };
  bool send_record(StreamNumber number, Stream& stream);
  bool send_piece(std::int64_t now_ns);

  EvidenceSource source_;
  Pipe pipe_;
  std::map<StreamNumber, Stream> streams_;
  std::map<StreamNumber, std::uint64_t> counts_;
  std::map<StreamNumber, bool> ended_;
  std::map<std::uint32_t, Pending> stills_;
  StreamNumber turn_ = 0;  // whose record comes next
  std::uint64_t sent_ = 0, got_ = 0;
  bool receipts_ = false;  // the console sends them
  bool blind_ = false;     // it does not, although there was time
  std::int64_t first_ns_ = 0;
  std::int64_t next_piece_ns_ = 0, shortest_ns_ = 0;
  std::size_t still_window_ = 8 * 1024, pieces_under_way_ = 0;
  std::deque<Piece> timed_;
};

}  // namespace caukham::session
