using System.Text;
using OrleansIot.Dashboard.DeviceDetail;

namespace OrleansIot.Dashboard.Tests.DeviceDetail;

public sealed class PayloadTextTests
{
    [Fact]
    public void Json_is_set_out() =>
        Assert.Equal("{\n  \"unit\": \"°C\",\n  \"at\": [\n    1.50\n  ]\n}", Of("""{"unit":"°C","at":[1.50]}"""));

    [Fact]
    public void Other_text_is_as_it_is() => Assert.Equal("status: ACTIVE", Of("status: ACTIVE"));

    [Fact]
    public void Bytes_that_are_no_text_are_hexadecimal() =>
        Assert.Equal("a1 61 74 fa 42 b6 cc cd 00 01 02 03 04 05 06 07\n08", PayloadText.Of(Convert.FromHexString("A16174FA42B6CCCD000102030405060708")));

    [Fact]
    public void Nothing_is_said_to_be_nothing() => Assert.Equal("(empty)", Of(""));

    [Fact]
    public void A_long_payload_is_cut() => Assert.EndsWith("\n…", Of(new string('x', 100_000)), StringComparison.Ordinal);

    private static string Of(string payload) => PayloadText.Of(Encoding.UTF8.GetBytes(payload));
}
