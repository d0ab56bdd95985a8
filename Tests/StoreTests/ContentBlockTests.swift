import Foundation
import JournalModel
import Testing

@testable import Store

@Suite struct ContentBlockTests {
  private func roundTrip(_ contents: [Data?]) throws -> [Int: Data] {
    var read: [Int: Data] = [:]
    for block in try ContentBlock.pack(contents, first: 100) {
      for (index, content) in try block.unpacked().enumerated() { read[block.first + index - 100] = content }
    }
    return read
  }

  @Test func `what is packed is unpacked, with the gaps`() throws {
    let contents: [Data?] = [nil, Data(), Data([0]), nil, Data(repeating: 7, count: 700_000), Data("x".utf8)]
    let read = try roundTrip(contents)
    for (index, content) in contents.enumerated() { #expect(read[index] == content, "\(index)") }
  }

  @Test func `nothing takes no block`() throws {
    #expect(try ContentBlock.pack([nil, nil], first: 0).isEmpty)
    #expect(try ContentBlock.pack([], first: 0).isEmpty)
  }

  @Test func `a damaged block is refused`() throws {
    let block = try #require(try ContentBlock.pack([Data("hello".utf8)], first: 0).first)
    var data = block.data
    data[data.count / 2] ^= 0xFF
    let damaged = [
      ContentBlock(first: 0, count: 1, size: block.size, data: data),
      ContentBlock(first: 0, count: 2, size: block.size, data: block.data),
      ContentBlock(first: 0, count: 1, size: block.size + 1, data: block.data),
      ContentBlock(first: 0, count: 1, size: block.size, data: Data()),
    ]
    for block in damaged {
      #expect { try block.unpacked() } throws: { ($0 as? JournalError)?.kind == .corrupt }
    }
  }
}
