// gzip and zlib, for bodies that carry a Content-Encoding.

import CZlib
import Foundation

/// A body that is not what its coding says, or is larger than is kept.
package struct InflateError: Error, Equatable, Sendable, CustomStringConvertible {
  package let description: String
}

/// Undoes gzip or deflate; which of them, zlib tells from the first bytes.
///
/// - Parameter limit: a body that grows beyond it is refused: a thousand bytes can hold a million.
package func inflated(_ body: Data, limit: Int = 64 << 20) throws(InflateError) -> Data {
  var stream = z_stream()
  // 15 bits of window, and 32 for "gzip or zlib" (zlib.h, inflateInit2).
  guard inflateInit2_(&stream, 47, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
    throw InflateError(description: "zlib cannot start")
  }
  defer { inflateEnd(&stream) }
  var (input, output, buffer) = (Array(body), Data(), [UInt8](repeating: 0, count: 65536))
  let count = input.count
  let status = input.withUnsafeMutableBufferPointer { bytes -> Int32 in
    stream.next_in = bytes.baseAddress
    stream.avail_in = UInt32(count)
    var status = Z_OK
    while status == Z_OK, output.count <= limit {
      status = buffer.withUnsafeMutableBufferPointer { space in
        stream.next_out = space.baseAddress
        stream.avail_out = UInt32(space.count)
        return inflate(&stream, Z_NO_FLUSH)
      }
      output.append(contentsOf: buffer.prefix(buffer.count - Int(stream.avail_out)))
    }
    return status
  }
  guard output.count <= limit else { throw InflateError(description: "it holds more than \(limit) bytes") }
  guard status == Z_STREAM_END else { throw InflateError(description: "it is damaged or cut short") }
  return output
}
