// What the process holds. glibc tells in XML, and is asked by name, because its header is no module.

import Foundation

/// In bytes.
struct Memory {
  /// Allocated and not freed (malloc_info(3)).
  let allocated: Int
  /// Resident (proc(5), statm), after free pages were given back.
  let resident: Int

  static var now: Memory {
    trim()
    let text = FileManager.default.contents(atPath: "/proc/self/statm").map { String(decoding: $0, as: UTF8.self) }
    let pages = text?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return Memory(allocated: allocatedBytes, resident: pages * Int(getpagesize()))
  }

  /// malloc_trim(3)
  private static func trim() {
    guard let symbol = dlsym(nil, "malloc_trim") else { return }
    _ = unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)(0)
  }

  /// What the system gave, less what lies free, and what is mapped for itself. The totals of all arenas come last.
  private static var allocatedBytes: Int {
    let text = mallocInfo
    func last(_ element: String) -> Int {
      guard let start = text.range(of: element, options: .backwards) else { return 0 }
      let rest = text[start.upperBound...]
      guard let size = rest.range(of: "size=\"") else { return 0 }
      return Int(rest[size.upperBound...].prefix { $0 != "\"" }) ?? 0
    }
    return last("<system type=\"current\"") - last("<total type=\"fast\"") - last("<total type=\"rest\"")
      + last("<total type=\"mmap\"")
  }

  private static var mallocInfo: String {
    guard let symbol = dlsym(nil, "malloc_info") else { return "" }
    var (buffer, size): (UnsafeMutablePointer<CChar>?, Int) = (nil, 0)
    guard let file = open_memstream(&buffer, &size) else { return "" }
    _ = unsafeBitCast(symbol, to: (@convention(c) (Int32, UnsafeMutablePointer<FILE>) -> Int32).self)(0, file)
    fclose(file)
    defer { free(buffer) }
    return buffer.map { String(cString: $0) } ?? ""
  }
}
