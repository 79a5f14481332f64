using System.Text;
using System.Text.Json.Nodes;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Domain.Tests.Shadows;

/// <summary>Requests to one shadow, as their JSON, one after the other; what was refused changed nothing.</summary>
internal sealed class ShadowStory(ShadowLimits? limits = null)
{
    private readonly ShadowLimits _limits = limits ?? ShadowLimits.Default;

    public Shadow? Shadow { get; private set; }

    public ShadowFault? Fault { get; private set; }

    public string? ClientToken { get; private set; }

    public ShadowRequest? Request { get; private set; }

    public Instant Now { get; private set; } = Instant.FromUnixSeconds(1_700_000_000);

    public string State => Json(shadow => shadow["state"]!);

    public string Metadata => Json(shadow => shadow["metadata"]!);

    public string? Delta => Shadow!.Delta is { } delta ? Encoding.UTF8.GetString(ShadowMessages.Delta(delta, 0, Now, null)) : null;

    public ShadowStory After(TimeSpan span)
    {
        Now += span;
        return this;
    }

    public ShadowStory Update(string json, string author = "alice")
    {
        Request = ShadowRequest.Read(Encoding.UTF8.GetBytes(json), _limits.MaxDepth, out var fault, out var token);
        (Fault, ClientToken) = (fault, token);
        if (Request is null)
            return this;

        Fault = ShadowRules.Update(Shadow, ShadowName.Classic, Request.State, Request.ExpectedVersion, author, Now, _limits, out var after);
        if (Fault is null)
            Shadow = after;
        return this;
    }

    public ShadowStory Say(string state) => Update($$"""{"state":{{state}}}""");

    public ShadowStory Delete()
    {
        Shadow = Shadow!.Deleted(Now);
        return this;
    }

    private string Json(Func<JsonNode, JsonNode> part) => part(JsonNode.Parse(ShadowMessages.Document(Shadow!, Now, null))!).ToJsonString();
}
