namespace OrleansIot.Gateway.Peers;

/// <summary>Names one run of another gateway of the cluster. One that was started anew has another name.</summary>
public readonly record struct PeerId(string Name)
{
    public override string ToString() => Name;
}
