using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Tests.Codec;

public sealed class VariableByteIntegerTests
{
    [Fact]
    public void Any_length_reads_back_and_every_shorter_prefix_asks_for_more() =>
        Prop.ForAll(Gen.Choose(0, VariableByteInteger.MaxValue).ToArbitrary(), length =>
        {
            Span<byte> bytes = stackalloc byte[VariableByteInteger.MaxLength];
            var written = VariableByteInteger.Write(bytes, length);
            Assert.Equal(OperationStatus.Done, VariableByteInteger.Read(bytes[..written], out var value, out var read));
            Assert.Equal((length, written), (value, read));
            for (var cut = 0; cut < written; cut++)
                Assert.Equal(OperationStatus.NeedMoreData, VariableByteInteger.Read(bytes[..cut], out _, out _));
        }).QuickCheckThrowOnFailure();

    // [MQTT-1.5.5-1]
    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7F")]
    [InlineData(128, "8001")]
    [InlineData(16_383, "FF7F")]
    [InlineData(16_384, "808001")]
    [InlineData(2_097_151, "FFFF7F")]
    [InlineData(2_097_152, "80808001")]
    [InlineData(268_435_455, "FFFFFF7F")]
    public void The_bounds_of_each_size_are_written_as_table_1_1_says(int value, string expected)
    {
        var bytes = new byte[VariableByteInteger.LengthOf(value)];
        Assert.Equal(bytes.Length, VariableByteInteger.Write(bytes, value));
        Assert.Equal(expected, Convert.ToHexString(bytes));
    }

    // [MQTT-1.5.5-1]
    [Theory]
    [InlineData("FFFFFF80")]
    [InlineData("FFFFFFFF7F")]
    [InlineData("8000")]
    [InlineData("FF808000")]
    public void Five_bytes_or_more_bytes_than_needed_are_invalid(string hex) =>
        Assert.Equal(OperationStatus.InvalidData, VariableByteInteger.Read(Convert.FromHexString(hex), out _, out _));
}
