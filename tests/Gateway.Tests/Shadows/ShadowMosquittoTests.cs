using System.Text.RegularExpressions;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Storage;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests.Shadows;

/// <summary>Named shadows with mosquitto's clients.</summary>
public sealed class ShadowMosquittoTests
{
    private const string Config = "$aws/things/pump/shadow/name/config";
    private static readonly TimeSpan Patience = TimeLimit.Usual;

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task A_named_shadow_is_updated_and_got(string version)
    {
        await using var gateway = await ListeningGateway.Start(StoredTwins.Over(new InMemoryStore()), TimeProvider.System);
        await using var subscriber = await MosquittoSub.Start(gateway.Port, ["-V", version, "-q", "1", "-t", $"{Config}/+/+"]);

        await MosquittoPub.Publish(gateway.Port, $"{Config}/update", """{"state":{"desired":{"rate":2},"reported":{"rate":1}}}""", "-V", version);
        await subscriber.Line(new Regex("""^\$aws/things/pump/shadow/name/config/update/delta \{"version":1,"timestamp":\d+,"state":\{"rate":2\},"""), Patience);
        await subscriber.Line(new Regex("""^\$aws/things/pump/shadow/name/config/update/documents \{"previous":null,"current":\{"""), Patience);
        await subscriber.Line(new Regex("""^\$aws/things/pump/shadow/name/config/update/accepted \{"state":\{"desired":\{"rate":2\},"reported":\{"rate":1\}\}"""), Patience);

        await MosquittoPub.Publish(gateway.Port, $"{Config}/get", "{}", "-V", version);
        await subscriber.Line(new Regex("""^\$aws/things/pump/shadow/name/config/get/accepted \{"state":\{"desired":\{"rate":2\},"reported":\{"rate":1\},"delta":\{"rate":2\}\}"""), Patience);
    }
}
