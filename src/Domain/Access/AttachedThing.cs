using System.Collections.Frozen;

namespace OrleansIot.Domain.Access;

/// <summary>The thing that the certificate of a connection is attached to.</summary>
public sealed record AttachedThing(string Name, string? TypeName, FrozenDictionary<string, string> Attributes)
{
    public AttachedThing(string name)
        : this(name, null, FrozenDictionary<string, string>.Empty)
    {
    }
}
