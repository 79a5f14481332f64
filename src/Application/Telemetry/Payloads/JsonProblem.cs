using System.Text.Json;

namespace OrleansIot.Application.Telemetry.Payloads;

/// <summary>Says in the sender's terms why bytes are not JSON.</summary>
internal static class JsonProblem
{
    public static PayloadRefusal Describe(ReadOnlySpan<byte> utf8, long consumed, JsonException invalid)
    {
        var rest = utf8[(int)consumed..].TrimStart(" \t\r\n:,"u8);

        // What Python's json.dumps and many a printf make of a sensor that gave nothing.
        if (rest.StartsWith("NaN"u8) || rest.StartsWith("nan"u8) || rest.TrimStart((byte)'-').StartsWith("Inf"u8) || rest.TrimStart((byte)'-').StartsWith("inf"u8))
        {
            return new PayloadRefusal(
                "reading.number-out-of-range",
                $"NaN or Infinity at byte {utf8.Length - rest.Length} is not a JSON number; send null or leave the metric out.");
        }

        if (utf8.IsEmpty)
            return PayloadRefusal.InvalidJson("it is empty.");

        // The message of the runtime quotes bytes of the payload; the place is enough to find it.
        return PayloadRefusal.InvalidJson($"error in line {invalid.LineNumber + 1}, byte {invalid.BytePositionInLine + 1}.");
    }
}
