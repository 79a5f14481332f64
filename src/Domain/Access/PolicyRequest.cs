using System.Numerics;
using System.Text;

namespace OrleansIot.Domain.Access;

/// <summary>What a connection wants to do. Holds the topic where it lies, so asking copies nothing.</summary>
public readonly ref struct PolicyRequest
{
    private PolicyRequest(PolicyActions action, ReadOnlySpan<byte> name, ConnectAttributes attributes = ConnectAttributes.None)
    {
        (Action, Attributes, Kind) = (action, attributes, PolicyActionNames.ResourceOf(action));
        Name = name;
    }

    public PolicyActions Action { get; }

    public PolicyResourceKind Kind { get; }

    public ReadOnlySpan<byte> Name { get; }

    public ConnectAttributes Attributes { get; }

    public static PolicyRequest Connect(ReadOnlySpan<byte> clientId, ConnectAttributes attributes) => new(PolicyActions.Connect, clientId, attributes);

    public static PolicyRequest Publish(ReadOnlySpan<byte> topic) => new(PolicyActions.Publish, topic);

    public static PolicyRequest RetainPublish(ReadOnlySpan<byte> topic) => new(PolicyActions.RetainPublish, topic);

    public static PolicyRequest Receive(ReadOnlySpan<byte> topic) => new(PolicyActions.Receive, topic);

    /// <param name="filter">As the client wrote it: it is compared as a text, so <c>a/*</c> allows the filter <c>a/#</c>, and <c>a/b</c> does not allow <c>a/+</c>.</param>
    public static PolicyRequest Subscribe(ReadOnlySpan<byte> filter) => new(PolicyActions.Subscribe, filter);

    /// <param name="action">One action.</param>
    /// <param name="name">Of the client, topic, filter or thing; empty for <see cref="PolicyActions.ListRetainedMessages"/>.</param>
    public static PolicyRequest Of(PolicyActions action, ReadOnlySpan<byte> name) =>
        BitOperations.IsPow2((int)action) ? new(action, name) : throw new ArgumentException("A request is for one action.", nameof(action));

    /// <summary><c>iot:Publish on topic/a</c></summary>
    public override string ToString() => Kind == PolicyResourceKind.Any
        ? PolicyActionNames.Of(Action)
        : $"{PolicyActionNames.Of(Action)} on {Kind.ToString().ToLowerInvariant()}/{Encoding.UTF8.GetString(Name)}"
            + (Attributes == ConnectAttributes.None ? "" : $" with {Attributes}");
}
