using System.Buffers;

namespace OrleansIot.Mqtt.Tests.Codec;

/// <summary>Cuts bytes into the segments a pipe might deliver them in.</summary>
internal sealed class Segments : ReadOnlySequenceSegment<byte>
{
    private Segments(ReadOnlyMemory<byte> memory, long runningIndex)
    {
        Memory = memory;
        RunningIndex = runningIndex;
    }

    public static ReadOnlySequence<byte> Of(byte[] bytes, int segmentLength) =>
        Of(bytes, [.. Enumerable.Range(0, (bytes.Length + segmentLength - 1) / segmentLength).Select(i => i * segmentLength)]);

    /// <param name="bytes">The bytes.</param>
    /// <param name="cuts">Where one segment ends and the next begins, in order; equal ones make an empty segment.</param>
    public static ReadOnlySequence<byte> Of(byte[] bytes, ReadOnlySpan<int> cuts)
    {
        var first = new Segments(ReadOnlyMemory<byte>.Empty, 0);
        var last = first;
        var begin = 0;
        foreach (var cut in cuts)
        {
            last = last.Followed(bytes.AsMemory(begin..cut));
            begin = cut;
        }

        last = last.Followed(bytes.AsMemory(begin));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private Segments Followed(ReadOnlyMemory<byte> memory)
    {
        var next = new Segments(memory, RunningIndex + Memory.Length);
        Next = next;
        return next;
    }
}
