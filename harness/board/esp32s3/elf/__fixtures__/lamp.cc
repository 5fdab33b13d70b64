// Members, namespaces, overloads and a function without a name, as firmwares in C++ have them.
#include "lamp.h"

namespace board {
class Lamp {
public:
  explicit Lamp(unsigned pin) : pin_(pin) {}
  void set(bool on);
  void set(unsigned red, unsigned green);
  struct Fader {
    unsigned step(unsigned from) const;
  };

private:
  unsigned read() const {
    return sink + pin_;
  }
  unsigned pin_;
};

__attribute__((noinline)) void Lamp::set(bool on) {
  sink = on ? pin_ : 0;
  sink += read();
}

__attribute__((noinline)) void Lamp::set(unsigned red, unsigned green) {
  sink = red + green;
  set(red > 0);
  sink++;
}

__attribute__((noinline)) unsigned Lamp::Fader::step(unsigned from) const {
  return from + sink;
}

namespace {
__attribute__((noinline)) void report(unsigned value) {
  sink ^= value;
}
} // namespace
} // namespace board

extern "C" void set_lamp(unsigned on) {
  board::Lamp lamp(on + 4);
  lamp.set(on, 1);
  sink += board::Lamp::Fader().step(on);
  board::report(on);
  sink = 0;
}
