using OrleansIot.Application.Access;

namespace OrleansIot.Gateway.Access;

/// <summary>The password of this process's own clients (agent, demo fleet): of its gateway, and for as long as it runs.</summary>
public sealed class LocalKey
{
    private readonly KeyDigest _digest;

    public LocalKey()
    {
        Password = BearerToken.New();
        _digest = new KeyDigest(Password);
    }

    public string Password { get; }

    internal bool Admits(ReadOnlySpan<byte> password) => _digest.Matches(password);
}
