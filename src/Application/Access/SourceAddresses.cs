using System.Buffers.Binary;
using System.Net;
using OrleansIot.Domain.Access;

namespace OrleansIot.Application.Access;

/// <summary>Addresses of the network as policies compare them.</summary>
public static class SourceAddresses
{
    private const int BitsBeforeIPv4 = 96;

    public static SourceAddress Of(IPAddress address) =>
        new(NumberOf(address), (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());

    /// <summary><c>203.0.113.0/24</c>, <c>2001:db8::/32</c>, or one address.</summary>
    public static AddressRange? RangeOf(string text)
    {
        var isRange = text.Contains('/', StringComparison.Ordinal);
        if (isRange && IPNetwork.TryParse(text, out var network))
            return new AddressRange(NumberOf(network.BaseAddress), network.PrefixLength + (network.BaseAddress.GetAddressBytes().Length == 4 ? BitsBeforeIPv4 : 0));

        return !isRange && IPAddress.TryParse(text, out var address) ? new AddressRange(NumberOf(address), 128) : null;
    }

    private static UInt128 NumberOf(IPAddress address) => BinaryPrimitives.ReadUInt128BigEndian(address.MapToIPv6().GetAddressBytes());
}
