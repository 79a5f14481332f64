using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Application.Telemetry.Payloads;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Tests.Telemetry.Payloads;

public sealed class TelemetryReaderTests
{
    private static readonly Instant Received = Instant.From(new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero));

    private readonly TelemetryReader _reader = new(new MetricNameCache());

    [Fact]
    public void Numbers_booleans_and_texts_are_metrics_in_their_order()
    {
        var reading = Read("""{"temperature": -21.5e1, "door": true, "mode": "heat", "closed": false, "n": 0}""").Reading;
        Assert.Equal(
            [
                Metric("temperature", MetricValue.Of(-215)), Metric("door", MetricValue.Of(true)), Metric("mode", MetricValue.Of("heat")),
                Metric("closed", MetricValue.Of(false)), Metric("n", MetricValue.Of(0)),
            ],
            reading.Metrics);
        Assert.Equal((Received, Received), (reading.At, reading.ReceivedAt));
    }

    [Theory]
    [InlineData("""{"disk": {"root": {"used": 1}, "home": {"used": 2}}, "up": 3}""", "disk-root-used=1 disk-home-used=2 up=3")]
    [InlineData("""{"load": [1, null, 3], "after": 4}""", "load-0=1 load-2=3 after=4")]
    [InlineData("""{"cpu": {"cores": [{"percent": 1}, {"percent": 2}]}}""", "cpu-cores-0-percent=1 cpu-cores-1-percent=2")]
    [InlineData("""{"a": [[1, 2], [3]]}""", "a-0-0=1 a-0-1=2 a-1-0=3")]
    [InlineData("""{"empty": {}, "none": [], "null": null, "a": 1}""", "a=1")]
    [InlineData("""{"a": 1, "b": 2, "a": 3}""", "a=3 b=2")]
    [InlineData("""{"a-b": 1, "a": {"b": 2}}""", "a-b=2")]
    [InlineData("""{"caf\u00e9 \"x\"": 1, "ü": 2}""", "café \"x\"=1 ü=2")]
    [InlineData("""{"nested": {"timestamp": 5, "messageId": 6}}""", "nested-timestamp=5 nested-messageId=6")]
    public void Nested_keys_become_names_with_dashes(string json, string expected) =>
        Assert.Equal(expected, string.Join(' ', Read(json).Reading.Metrics.Select(metric => $"{metric.Name}={metric.Value}")));

    [Theory]
    [InlineData("\"2026-01-31T07:59:00Z\"", "2026-01-31T07:59:00.000Z")]
    [InlineData("\"2026-01-31T07:59:00.1239\"", "2026-01-31T07:59:00.123Z")]
    [InlineData("\"2026-01-31T09:29:00+01:30\"", "2026-01-31T07:59:00.000Z")]
    [InlineData("1769846340", "2026-01-31T07:59:00.000Z")]
    [InlineData("1769846340.25", "2026-01-31T07:59:00.250Z")]
    [InlineData("1769846340250", "2026-01-31T07:59:00.250Z")]
    [InlineData("1769846340250.9", "2026-01-31T07:59:00.251Z")]
    [InlineData("\"2026-01-31T08:10:00Z\"", "2026-01-31T08:10:00.000Z")]
    [InlineData("null", "2026-01-31T08:00:00.000Z")]
    public void The_devices_own_time_counts(string timestamp, string expected)
    {
        var payload = Read($$"""{"t": 1, "timestamp": {{timestamp}}}""");
        Assert.Equal((expected, false), (payload.Reading.At.ToString(), payload.ClockAhead));
        Assert.Equal(Received, payload.Reading.ReceivedAt);
        Assert.Single(payload.Reading.Metrics);
    }

    [Theory]
    [InlineData("\"2026-01-31T08:10:00.001Z\"")]
    [InlineData("4102444800")]
    public void A_clock_more_than_ten_minutes_ahead_is_not_believed(string timestamp)
    {
        var payload = Read($$"""{"timestamp": {{timestamp}}, "t": 1}""");
        Assert.Equal((Received, true), (payload.Reading.At, payload.ClockAhead));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("12.5")]
    [InlineData("\"1969-12-31T23:59:59Z\"")]
    [InlineData("1769846340250000")]
    [InlineData("1e300")]
    [InlineData("-1e300")]
    [InlineData("1e999")]
    [InlineData("\"yesterday\"")]
    [InlineData("\"\"")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void A_time_that_no_set_clock_shows_is_refused(string timestamp) =>
        Assert.Equal("reading.invalid-timestamp", Refusal($$"""{"t": 1, "timestamp": {{timestamp}}}""").Code);

    [Fact]
    public void A_message_id_is_a_key_and_not_a_metric()
    {
        Assert.Equal(MessageKey.OfMessageId("m-é1"), Read("""{"t": 1, "messageId": "m-\u00e91"}""").MessageId);
        Assert.Equal(MessageKey.OfMessageId("17"), Read("""{"messageId": 17, "t": 1}""").MessageId);
        Assert.Equal(MessageKey.OfMessageId(new string('x', 256)), Read($$"""{"messageId": "{{new string('x', 256)}}", "t": 1}""").MessageId);
        foreach (var without in new[] { """{"t": 1}""", """{"t": 1, "messageId": null}""", """{"t": 1, "messageId": ""}""" })
            Assert.True(Read(without).MessageId.IsNone);
    }

    [Fact]
    public void A_boot_and_a_number_within_it_are_the_messages_place_and_no_metrics()
    {
        var payload = Read("""{"sequence": 4711, "t": 1, "bootId": "b-\u00e91"}""");
        Assert.Equal(MessageSequence.Of("b-é1", 4711), payload.Sequence);
        Assert.Single(payload.Reading.Metrics);

        Assert.Equal(MessageSequence.Of("7", 0), Read("""{"bootId": 7, "sequence": 0, "t": 1}""").Sequence);
        Assert.NotEqual(Read("""{"bootId": "a", "sequence": 1, "t": 1}""").Sequence, Read("""{"bootId": "b", "sequence": 1, "t": 1}""").Sequence);
        Assert.Null(Read("""{"t": 1}""").Sequence);
    }

    [Theory]
    [InlineData("""{"t": 1, "sequence": 5}""", "t=1 sequence=5")]
    [InlineData("""{"bootId": "x", "t": 1}""", "t=1 bootId=x")]
    [InlineData("""{"bootId": null, "sequence": 5, "t": 1}""", "t=1 sequence=5")]
    [InlineData("""{"bootId": {"a": 1}, "sequence": [2]}""", "bootId-a=1 sequence-0=2")]
    [InlineData("""{"n": {"bootId": "x", "sequence": 5}}""", "n-bootId=x n-sequence=5")]
    public void Of_a_boot_and_a_number_one_alone_is_a_metric(string json, string expected)
    {
        var payload = Read(json);
        Assert.Null(payload.Sequence);
        Assert.Equal(expected, string.Join(' ', payload.Reading.Metrics.Select(metric => $"{metric.Name}={metric.Value}")));
    }

    [Theory]
    [InlineData("", "reading.invalid-json")]
    [InlineData("   ", "reading.invalid-json")]
    [InlineData("{", "reading.invalid-json")]
    [InlineData("""{"t": 1""", "reading.invalid-json")]
    [InlineData("""{"t": 1}}""", "reading.invalid-json")]
    [InlineData("""{"t": 1} {"t": 2}""", "reading.invalid-json")]
    [InlineData("""{"t": 1,}""", "reading.invalid-json")]
    [InlineData("""{"t": 01}""", "reading.invalid-json")]
    [InlineData("""{'t': 1}""", "reading.invalid-json")]
    [InlineData("""{"t": 1 /* no */}""", "reading.invalid-json")]
    [InlineData("""{"t": "\ud800"}""", "reading.invalid-json")]
    [InlineData("""{"\ud800": 1}""", "reading.invalid-json")]
    [InlineData("""{"t": 1, "messageId": "\ud800"}""", "reading.invalid-json")]
    [InlineData("temperature=5", "reading.invalid-json")]
    [InlineData("5", "reading.not-an-object")]
    [InlineData("\"text\"", "reading.not-an-object")]
    [InlineData("null", "reading.not-an-object")]
    [InlineData("""[{"t": 1}]""", "reading.not-an-object")]
    [InlineData("{}", "reading.no-metrics")]
    [InlineData("""{"timestamp": 1769846340, "messageId": "a"}""", "reading.no-metrics")]
    [InlineData("""{"t": null, "u": {"v": []}}""", "reading.no-metrics")]
    [InlineData("""{"t": NaN}""", "reading.number-out-of-range")]
    [InlineData("""{"a": 1, "t": -Infinity}""", "reading.number-out-of-range")]
    [InlineData("""{"t": [1, Infinity]}""", "reading.number-out-of-range")]
    [InlineData("""{"t": 1e999}""", "reading.number-out-of-range")]
    [InlineData("""{"": 1}""", "reading.invalid-metric-name")]
    [InlineData("""{"$status": 1}""", "reading.invalid-metric-name")]
    [InlineData("""{"a\u0000b": 1}""", "reading.invalid-metric-name")]
    [InlineData("""{"t": 1, "messageId": true}""", "reading.invalid-message-id")]
    [InlineData("""{"t": 1, "messageId": {"a": 1}}""", "reading.invalid-message-id")]
    [InlineData("""{"t": 1, "bootId": "x", "sequence": -1}""", "reading.invalid-sequence")]
    [InlineData("""{"t": 1, "bootId": "x", "sequence": 1.5}""", "reading.invalid-sequence")]
    [InlineData("""{"t": 1, "bootId": "x", "sequence": 9007199254740992}""", "reading.invalid-sequence")]
    [InlineData("""{"t": 1, "bootId": "x", "sequence": "5"}""", "reading.invalid-sequence")]
    [InlineData("""{"t": 1, "bootId": "", "sequence": 5}""", "reading.invalid-sequence")]
    [InlineData("""{"t": 1, "bootId": true, "sequence": 5}""", "reading.invalid-sequence")]
    [InlineData("""{"bootId": "x", "sequence": 5}""", "reading.no-metrics")]
    public void What_is_no_reading_is_refused_with_a_stable_code(string json, string code) => Assert.Equal(code, Refusal(json).Code);

    [Fact]
    public void Invalid_UTF_8_is_refused() =>
        Assert.Equal("reading.invalid-json", Refusal([.. "{\"a\": \""u8, 0xC3, 0x28, .. "\"}"u8]).Code);

    [Fact]
    public void The_limits_are_the_last_values_that_pass()
    {
        Assert.Equal(256, Read($$"""{"t": "{{new string('x', 256)}}"}""").Reading.Metrics[0].Value.Text!.Length);
        Assert.Equal("reading.text-too-long", Refusal($$"""{"t": "{{new string('x', 257)}}"}""").Code);
        Assert.Equal("reading.text-too-long", Refusal($$"""{"t": "{{new string('x', 100_000)}}"}""").Code);

        Assert.Equal(256, Read(Members(256)).Reading.Metrics.Length);
        Assert.Equal("reading.too-many-metrics", Refusal(Members(257)).Code);

        Assert.Equal(128, Read($$"""{"{{new string('ü', 128)}}": 1}""").Reading.Metrics[0].Name.Value.Length);
        Assert.Equal("reading.invalid-metric-name", Refusal($$"""{"{{new string('ü', 129)}}": 1}""").Code);
        Assert.Equal("reading.invalid-metric-name", Refusal($$"""{"{{new string('x', 100_000)}}": 1}""").Code);
        Assert.Equal("reading.invalid-metric-name", Refusal("{\"" + new string('x', 100) + "\": {\"" + new string('y', 28) + "\": 1}}").Code);
        Assert.Equal("reading.invalid-message-id", Refusal($$"""{"t": 1, "messageId": "{{new string('x', 257)}}"}""").Code);

        Assert.Equal(32, Read(Nested(32)).Reading.Metrics[0].Name.Value.Split('-').Length);
        Assert.Equal("reading.too-deep", Refusal(Nested(33)).Code);
        Assert.Equal("reading.too-deep", Refusal(Nested(2_000)).Code);
        Assert.Equal("reading.too-deep", Refusal("{\"a\":" + new string('[', 2_000)).Code);
    }

    [Theory]
    [InlineData("""{"a": 1, "humid": 1e999}""", "'humid'")]
    [InlineData("""{"disk": {"root": "TEXT"}}""", "'disk-root'")]
    [InlineData("{\n\"a\": 1,\n\"b\": x}", "line 3")]
    [InlineData("""{"a": NaN}""", "byte 6")]
    [InlineData("""{"timestamp": "noon", "a": 1}""", "'timestamp'")]
    public void A_refusal_names_the_place_and_the_mend(string json, string place) =>
        Assert.Contains(place, Refusal(json.Replace("TEXT", new string('x', 300), StringComparison.Ordinal)).Detail, StringComparison.Ordinal);

    [Fact]
    public void Any_bytes_are_either_a_reading_within_its_limits_or_a_refusal() =>
        Prop.ForAll(Mutated().ToArbitrary(), bytes =>
        {
            if (_reader.TryRead(bytes, Received, out var payload, out var refusal))
            {
                Assert.InRange(payload.Reading.Metrics.Length, 1, TelemetryReader.MaxMetrics);
                Assert.Equal(payload.Reading.Metrics.Length, payload.Reading.Metrics.Select(metric => metric.Name).Distinct().Count());
                Assert.True(payload.Reading.At <= Received + TimeSpan.FromMinutes(10));
            }
            else
            {
                Assert.StartsWith("reading.", refusal.Code);
                Assert.DoesNotContain(refusal.Detail, char.IsControl);
            }
        }).QuickCheckThrowOnFailure();

    private static Gen<byte[]> Mutated()
    {
        var json = """{"a": 1, "b": {"c": [true, "x\u00e9", -1.5e3]}, "timestamp": 1769846340, "messageId": "id"}"""u8.ToArray();
        return from cut in Gen.Choose(0, json.Length)
               from at in Gen.Choose(0, json.Length - 1)
               from value in Gen.Choose(0, 255)
               from whole in Gen.Elements(true, false)
               select ((byte[])[.. json[..at], (byte)value, .. json[(at + 1)..]])[..(whole ? json.Length : cut)];
    }

    private static string Members(int count) => "{" + string.Join(',', Enumerable.Range(0, count).Select(n => $"\"m{n}\": {n}")) + "}";

    private static string Nested(int levels) =>
        string.Concat(Enumerable.Repeat("{\"a\":", levels)) + "1" + new string('}', levels);

    private static Metric Metric(string name, MetricValue value) => new(MetricName.Parse(name), value);

    private TelemetryPayload Read(string json)
    {
        Assert.True(_reader.TryRead(Encoding.UTF8.GetBytes(json), Received, out var payload, out var refusal), refusal?.ToString());
        return payload;
    }

    private PayloadRefusal Refusal(string json) => Refusal(Encoding.UTF8.GetBytes(json));

    private PayloadRefusal Refusal(byte[] json)
    {
        Assert.False(_reader.TryRead(json, Received, out var payload, out var refusal), payload.ToString());
        return refusal;
    }
}
