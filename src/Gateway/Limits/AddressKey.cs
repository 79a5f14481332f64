using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace OrleansIot.Gateway.Limits;

/// <summary>What connections are counted by: an address of IPv4, or the /64 of IPv6 that one subscriber of a provider has.</summary>
internal readonly record struct AddressKey(ulong Network, bool IsIPv6)
{
    public static AddressKey Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new(BinaryPrimitives.ReadUInt64BigEndian(bytes), true)
            : new(BinaryPrimitives.ReadUInt32BigEndian(bytes), false);
    }
}
