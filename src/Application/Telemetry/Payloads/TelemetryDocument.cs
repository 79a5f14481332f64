using System.Text;
using System.Text.Json;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Telemetry.Payloads;

/// <summary>One pass over a payload's tokens.</summary>
internal ref struct TelemetryDocument(MetricNameCache names, Instant receivedAt)
{
    private const int InObject = -1;

    private static readonly MetricName BootId = MetricName.Parse("bootId");
    private static readonly MetricName SequenceNumber = MetricName.Parse("sequence");

    private Instant? _measuredAt;
    private MetricValue? _bootId;
    private MetricValue? _sequence;

    public readonly Instant At => _measuredAt ?? receivedAt;

    public MessageKey MessageId { get; private set; }

    public bool ClockAhead { get; private set; }

    public MessageSequence? Sequence { get; private set; }

    /// <summary>Answers why the payload is no reading, or null.</summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public PayloadRefusal? Read(ref Utf8JsonReader json, scoped ref MetricList metrics)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            var found = json.TokenType;
            json.Skip();
            json.Read();
            return PayloadRefusal.NotAnObject(found == JsonTokenType.StartArray ? "an array" : "a single value");
        }

        var path = new MetricPath(stackalloc byte[MetricPath.BufferLength], stackalloc int[TelemetryReader.MaxDepth]);
        Span<int> next = stackalloc int[TelemetryReader.MaxDepth]; // place in the array that is open at that depth
        path.Open();
        var depth = 0;
        next[0] = InObject;
        while (json.Read())
        {
            if (json.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                path.Close();
                depth--;
                continue;
            }

            if (json.TokenType == JsonTokenType.PropertyName)
            {
                if (depth == 0 && TryReadReserved(ref json, out var problem))
                {
                    if (problem is not null)
                        return problem;
                    continue;
                }

                if (!path.TryName(json))
                    return PayloadRefusal.InvalidMetricName(Encoding.UTF8.GetString(json.ValueSpan));
                continue;
            }

            if (next[depth] != InObject && !path.TryName(next[depth]++))
                return PayloadRefusal.InvalidMetricName(path.ToString());

            if (json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                if (++depth == TelemetryReader.MaxDepth)
                    return PayloadRefusal.TooDeep;

                path.Open();
                next[depth] = json.TokenType == JsonTokenType.StartArray ? 0 : InObject;
            }
            else if (json.TokenType != JsonTokenType.Null && ReadMetric(ref json, path, ref metrics) is { } refusal)
            {
                return refusal;
            }
        }

        if ((_bootId is not null || _sequence is not null) && Number(ref metrics) is { } unnumbered)
            return unnumbered;

        return metrics.Count == 0 ? PayloadRefusal.NoMetrics : null;
    }

    private readonly PayloadRefusal? ReadMetric(ref Utf8JsonReader json, scoped MetricPath path, scoped ref MetricList metrics)
    {
        if (!names.TryGet(path.Name, out var name))
            return PayloadRefusal.InvalidMetricName(path.ToString());

        if (ReadValue(ref json, name, out var value) is { } refusal)
            return refusal;

        return metrics.TrySet(name, value) ? null : PayloadRefusal.TooManyMetrics;
    }

    private static PayloadRefusal? ReadValue(ref Utf8JsonReader json, MetricName name, out MetricValue value)
    {
        value = default;
        switch (json.TokenType)
        {
            case JsonTokenType.Number:
                // 1e999 is JSON, and to a double it is infinite.
                if (!json.TryGetDouble(out var number) || !double.IsFinite(number))
                    return PayloadRefusal.NumberOutOfRange(name.Value);
                value = MetricValue.Of(number);
                break;
            case JsonTokenType.String:
                // Longer in bytes than any acceptable text: refused without making a string of it.
                if (json.ValueSpan.Length > MetricValue.MaxTextLength * 6 || json.GetString() is not { Length: <= MetricValue.MaxTextLength } text)
                    return PayloadRefusal.TextTooLong(name.Value);
                value = MetricValue.Of(text);
                break;
            default:
                value = MetricValue.Of(json.TokenType == JsonTokenType.True);
                break;
        }

        return null;
    }

    /// <summary>Reads a member of the outermost object that is not a metric, value included.</summary>
    private bool TryReadReserved(ref Utf8JsonReader json, out PayloadRefusal? refusal)
    {
        refusal = null;
        if (json.ValueTextEquals("timestamp"u8))
        {
            json.Read();
            if (json.TokenType != JsonTokenType.Null)
                refusal = ReadTimestamp(ref json);
            return true;
        }

        if (json.ValueTextEquals("messageId"u8))
        {
            json.Read();
            if (json.TokenType != JsonTokenType.Null && !TryReadMessageId(ref json))
                refusal = PayloadRefusal.InvalidMessageId;
            return true;
        }

        if (json.ValueTextEquals("bootId"u8))
            return TryReadScalar(ref json, BootId, out _bootId, out refusal);

        if (json.ValueTextEquals("sequence"u8))
            return TryReadScalar(ref json, SequenceNumber, out _sequence, out refusal);

        return false;
    }

    /// <summary>False, and nothing read, where it is an object or an array: its members are metrics like others.</summary>
    private static bool TryReadScalar(ref Utf8JsonReader json, MetricName name, out MetricValue? value, out PayloadRefusal? refusal)
    {
        (value, refusal) = (null, null);
        var ahead = json;
        ahead.Read();
        if (ahead.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            return false;

        json = ahead;
        if (json.TokenType == JsonTokenType.Null)
            return true;

        refusal = ReadValue(ref json, name, out var read);
        value = read;
        return true;
    }

    /// <summary>Both of them number the message. One alone is a metric: devices have reported such.</summary>
    private PayloadRefusal? Number(scoped ref MetricList metrics)
    {
        if (_bootId is not { } boot || _sequence is not { } sequence)
        {
            var (name, value) = _bootId is { } alone ? (BootId, alone) : (SequenceNumber, _sequence!.Value);
            return metrics.TrySet(name, value) ? null : PayloadRefusal.TooManyMetrics;
        }

        var isBoot = boot.Kind == MetricKind.Number || boot.Text is { Length: > 0 };
        if (!isBoot || sequence.Kind != MetricKind.Number || sequence.Number is < 0 or > MessageSequence.MaxNumber || sequence.Number != Math.Floor(sequence.Number))
            return PayloadRefusal.InvalidSequence;

        // A number counts by its digits, so that 7 and "7" are one run.
        Sequence = MessageSequence.Of(boot.ToString(), (long)sequence.Number);
        return null;
    }

    private PayloadRefusal? ReadTimestamp(ref Utf8JsonReader json)
    {
        if (DeviceTime.Read(ref json, out var time) is { } problem)
            return PayloadRefusal.InvalidTimestamp(problem);

        ClockAhead = time > receivedAt + DeviceTime.MaxAhead;
        _measuredAt = ClockAhead ? null : time;
        return null;
    }

    private bool TryReadMessageId(ref Utf8JsonReader json)
    {
        if (json.TokenType is not (JsonTokenType.String or JsonTokenType.Number) || json.ValueSpan.Length > TelemetryReader.MaxMessageIdLength)
            return false;

        // A number counts by its digits, so that 7 and "7" are one id.
        Span<char> text = stackalloc char[TelemetryReader.MaxMessageIdLength];
        var length = json.TokenType == JsonTokenType.String ? json.CopyString(text) : Encoding.UTF8.GetChars(json.ValueSpan, text);
        MessageId = length == 0 ? MessageKey.None : MessageKey.OfMessageId(text[..length]);
        return true;
    }
}
