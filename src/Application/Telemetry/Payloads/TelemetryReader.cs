using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Telemetry.Payloads;

/// <summary>
/// Reads a flat or nested JSON object as one reading. Nested keys become one name with dashes between
/// (<c>{"disk":{"root":{"used":5}}}</c> is <c>disk-root-used</c>), members of an array are named by their place
/// (<c>load-0</c>), null is no metric, and of equal names the last wins. Two members of the outermost object are not metrics:
/// <c>timestamp</c>, when the device measured (ISO 8601; or a number, of seconds since 1970 below 10^11 and of milliseconds from
/// there on), and <c>messageId</c>, by which a repeated message is known. Nor are <c>bootId</c> and <c>sequence</c> where both are
/// there: they number the messages of one run of the sender.
/// </summary>
public sealed class TelemetryReader(MetricNameCache names)
{
    /// <summary>Real devices nest three or four levels.</summary>
    public const int MaxDepth = 32;

    /// <summary>More than the agent sends for a machine with 64 cores and a dozen disks.</summary>
    public const int MaxMetrics = 256;

    public const int MaxMessageIdLength = 256;

    private static readonly JsonReaderOptions Options = new()
    {
        // One more than is accepted, so that what is too deep is told apart from what is not JSON.
        MaxDepth = MaxDepth + 1,
        CommentHandling = JsonCommentHandling.Disallow,
    };

    /// <summary>Reads a payload; the outcome is either a payload or a refusal.</summary>
    /// <param name="utf8">The message's bytes.</param>
    /// <param name="receivedAt">When they arrived; the reading's time where the device does not say a credible one.</param>
    public bool TryRead(
        ReadOnlySpan<byte> utf8, Instant receivedAt, out TelemetryPayload payload, [NotNullWhen(false)] out PayloadRefusal? refusal)
    {
        payload = default;

        // Utf8JsonReader looks at the bytes of a text only when it is asked for it.
        if (!Utf8.IsValid(utf8))
        {
            refusal = PayloadRefusal.InvalidUtf8;
            return false;
        }

        scoped var json = new Utf8JsonReader(utf8, Options);
        var metrics = new MetricList(stackalloc uint[MaxMetrics]);
        scoped var document = new TelemetryDocument(names, receivedAt);
        try
        {
            refusal = document.Read(ref json, ref metrics);
            if (refusal is null)
            {
                payload = new TelemetryPayload(
                    new Reading(document.At, receivedAt, metrics.ToImmutable()), document.MessageId, document.ClockAhead, document.Sequence);
            }
        }
        catch (JsonException invalid)
        {
            refusal = JsonProblem.Describe(utf8, json.BytesConsumed, invalid);
        }
        catch (InvalidOperationException)
        {
            // An escaped text that is half a surrogate pair.
            refusal = PayloadRefusal.InvalidJson($"an escape at byte {json.TokenStartIndex} is not a character.");
        }

        finally
        {
            metrics.Dispose();
        }

        return refusal is null;
    }
}
