namespace OrleansIot.Domain.Access;

/// <summary>The addresses that begin with the same bits.</summary>
/// <param name="Network">As in <see cref="SourceAddress.Number"/>.</param>
/// <param name="PrefixLength">How many of the 128 bits count; an IPv4 range counts 96 more than it writes.</param>
public readonly record struct AddressRange(UInt128 Network, int PrefixLength)
{
    public bool Contains(UInt128 address) => PrefixLength <= 0 || (address ^ Network) >> (128 - PrefixLength) == 0;
}
