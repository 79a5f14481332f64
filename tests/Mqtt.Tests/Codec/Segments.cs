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

    public static ReadOnlySequence<byte> Of(byte[] bytes, int segmentLength)
    {
        var first = new Segments(ReadOnlyMemory<byte>.Empty, 0);
        var last = first;
        foreach (var chunk in bytes.Chunk(segmentLength))
        {
            var next = new Segments(chunk, last.RunningIndex + last.Memory.Length);
            last.Next = next;
            last = next;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
