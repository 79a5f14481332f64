using System.Text;
using OrleansIot.Domain.Access;
using OrleansIot.Gateway.Access;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Connections;

/// <summary>A CONNECT packet, copied out of the buffer it came in.</summary>
/// <param name="ClientId">Empty where the client wants to be given one.</param>
/// <param name="CleanStart">What was kept for the client is to be forgotten (3.1.2.4); in 3.1.1, and nothing to be kept.</param>
/// <param name="SessionExpiry">In seconds (3.1.2.11.2); null in 3.1.1, where clean session says it.</param>
/// <param name="KeepAlive">Zero where it is switched off (3.1.2.10).</param>
internal sealed record ConnectRequest(
    ClientTraits Client, string ClientId, bool CleanStart, uint? SessionExpiry, TimeSpan KeepAlive, WillMessage? Will, byte[] Password,
    bool WantsOtherAuthentication)
{
    // Most clients say nothing in particular, and each keeps what it said.
    private static readonly ClientTraits Usual311 = new(MqttVersion.V311);
    private static readonly ClientTraits Usual5 = new(MqttVersion.V5);

    public string UserName { get; init; } = "";

    /// <summary>What the client asks for beyond the connection, as policies name it.</summary>
    public ConnectAttributes Attributes { get; init; }

    /// <summary>What the client may do, once it has been let in.</summary>
    public ClientAccess Access { get; init; } = ClientAccess.None;

    public static ConnectRequest Copy(scoped in ConnectPacket packet, MqttVersion version)
    {
        var properties = packet.Properties;
        var client = new ClientTraits(
            version,
            properties.TryGetNumber(MqttPropertyId.ReceiveMaximum, out var receiveMaximum) ? (int)receiveMaximum : ushort.MaxValue,
            properties.TryGetNumber(MqttPropertyId.MaximumPacketSize, out var maxPacketSize) ? (int)Math.Min(maxPacketSize, int.MaxValue) : int.MaxValue,
            !properties.TryGetNumber(MqttPropertyId.RequestProblemInformation, out var wantsProblems) || wantsProblems != 0,
            properties.TryGetNumber(MqttPropertyId.TopicAliasMaximum, out var aliases) ? (int)aliases : 0);
        client = client == Usual311 ? Usual311 : client == Usual5 ? Usual5 : client;
        uint? expiry = version == MqttVersion.V311 ? null : properties.TryGetNumber(MqttPropertyId.SessionExpiryInterval, out var seconds) ? seconds : 0;

        return new ConnectRequest(
            client,
            Encoding.UTF8.GetString(packet.ClientId),
            packet.CleanStart,
            expiry,
            TimeSpan.FromSeconds(packet.KeepAlive),
            packet.HasWill ? WillOf(packet) : null,
            packet.Password.ToArray(),
            properties.TryGetBytes(MqttPropertyId.AuthenticationMethod, out _))
        {
            UserName = Encoding.UTF8.GetString(packet.UserName),
            Attributes = AttributesOf(packet, version),
        };
    }

    /// <summary>In place of one that could not be read; tells no more than the version to answer in.</summary>
    public static ConnectRequest Unread(MqttVersion version) => new(new ClientTraits(version), "", true, null, TimeSpan.Zero, null, [], false);

    // A session outlives its connection in 3.1.1 unless it is a clean one, in 5.0 where it is to expire later (3.1.2.11.2); and to ask
    // for an earlier one is to have had one.
    private static ConnectAttributes AttributesOf(scoped in ConnectPacket packet, MqttVersion version)
    {
        var isPersistent = !packet.CleanStart
            || (version == MqttVersion.V5 && packet.Properties.TryGetNumber(MqttPropertyId.SessionExpiryInterval, out var expiry) && expiry > 0);
        return (isPersistent ? ConnectAttributes.PersistentConnect : ConnectAttributes.None) | (packet.HasWill ? ConnectAttributes.LastWill : ConnectAttributes.None);
    }

    private static WillMessage WillOf(scoped in ConnectPacket packet) =>
        new(
            PublishBody.Copy(packet.WillTopic, packet.WillPayload, packet.WillProperties),
            packet.WillQoS,
            packet.WillRetain,
            packet.WillProperties.TryGetNumber(MqttPropertyId.WillDelayInterval, out var delay) ? delay : 0);
}
