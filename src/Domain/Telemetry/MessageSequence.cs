using System.Runtime.InteropServices;

namespace OrleansIot.Domain.Telemetry;

/// <summary>
/// A message's place among those of one run of its sender: what <c>bootId</c> and <c>sequence</c> of a payload say.
/// </summary>
/// <param name="Boot">The run, 64 bits of its name.</param>
/// <param name="Number">Counts the run's messages in the order in which they are sent.</param>
public readonly record struct MessageSequence(ulong Boot, long Number)
{
    /// <summary>The largest number that every JSON writer states exactly.</summary>
    public const long MaxNumber = (1L << 53) - 1;

    public static MessageSequence Of(ReadOnlySpan<char> bootId, long number) => new(MessageKey.HashOfBoot(MemoryMarshal.AsBytes(bootId)), number);
}
