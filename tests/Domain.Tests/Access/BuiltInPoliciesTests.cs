using System.Text;
using OrleansIot.Domain.Access;

namespace OrleansIot.Domain.Tests.Access;

public sealed class BuiltInPoliciesTests
{
    private static readonly PolicySet Device = PolicySet.Of([BuiltInPolicies.Device], connectAttributesNeedGrant: true);

    [Theory]
    [InlineData(PolicyActions.Connect, "c1", true)]
    [InlineData(PolicyActions.Connect, "c2", false)]
    [InlineData(PolicyActions.Publish, "dt/devices/c1/telemetry", true)]
    [InlineData(PolicyActions.Publish, "devices/c1/a/b", true)]
    [InlineData(PolicyActions.Publish, "$aws/things/c1/shadow/update", true)]
    [InlineData(PolicyActions.Publish, "dt/devices/c2/telemetry", false)]
    [InlineData(PolicyActions.Publish, "dt/devices/c12/telemetry", false)]
    [InlineData(PolicyActions.Publish, "dt/devices/c1", false)]
    [InlineData(PolicyActions.Publish, "x/dt/devices/c1/a", false)]
    [InlineData(PolicyActions.Publish, "$SYS/a", false)]
    [InlineData(PolicyActions.RetainPublish, "dt/devices/c1/telemetry", true)]
    [InlineData(PolicyActions.RetainPublish, "dt/devices/c2/telemetry", false)]
    [InlineData(PolicyActions.RetainPublish, "$aws/things/c1/shadow/update", false)]
    [InlineData(PolicyActions.Receive, "devices/c1/commands", true)]
    [InlineData(PolicyActions.Receive, "devices/c2/commands", false)]
    [InlineData(PolicyActions.Subscribe, "devices/c1/#", true)]
    [InlineData(PolicyActions.Subscribe, "$aws/things/c1/shadow/update/+", true)]
    [InlineData(PolicyActions.Subscribe, "devices/+/commands", false)]
    [InlineData(PolicyActions.Subscribe, "devices/#", false)]
    [InlineData(PolicyActions.Subscribe, "#", false)]
    [InlineData(PolicyActions.Subscribe, "$aws/things/c2/#", false)]
    [InlineData(PolicyActions.Subscribe, "$SYS/#", false)]
    [InlineData(PolicyActions.Subscribe, "$share/g/devices/#", false)]
    [InlineData(PolicyActions.ListRetainedMessages, "", false)]
    [InlineData(PolicyActions.GetThingShadow, "c1", false)]
    public void A_device_touches_what_is_its_own(PolicyActions action, string name, bool allowed) =>
        Assert.Equal(allowed, Device.Evaluate(PolicyRequest.Of(action, Encoding.UTF8.GetBytes(name)), new AccessContext("c1")).IsAllowed);

    [Theory]
    [InlineData(ConnectAttributes.None)]
    [InlineData(ConnectAttributes.PersistentConnect)]
    [InlineData(ConnectAttributes.LastWill)]
    [InlineData(ConnectAttributes.PersistentConnect | ConnectAttributes.LastWill)]
    public void A_device_and_a_visitor_may_keep_a_session_and_leave_a_will(ConnectAttributes attributes)
    {
        Assert.True(Device.Evaluate(PolicyRequest.Connect("c1"u8, attributes), new AccessContext("c1")).IsAllowed);
        Assert.True(PolicySet.Of([BuiltInPolicies.Everything], true).Evaluate(PolicyRequest.Connect("c1"u8, attributes), new AccessContext("c1")).IsAllowed);
    }

    [Theory]
    [InlineData("c1/telemetry")]
    [InlineData("+")]
    [InlineData("#")]
    [InlineData("*")]
    public void A_client_id_that_reaches_into_another_devices_topics_gets_nothing(string clientId)
    {
        var context = new AccessContext(clientId);
        Assert.False(Device.Evaluate(PolicyRequest.Connect(Encoding.UTF8.GetBytes(clientId), ConnectAttributes.None), context).IsAllowed);
        Assert.False(Device.Evaluate(PolicyRequest.Publish(Encoding.UTF8.GetBytes($"dt/devices/{clientId}/x")), context).IsAllowed);
        Assert.False(Device.Evaluate(PolicyRequest.Subscribe(Encoding.UTF8.GetBytes($"devices/{clientId}/#")), context).IsAllowed);
    }

    [Fact]
    public void Everything_is_everything()
    {
        foreach (var action in PolicyActionNames.All)
            Assert.True(PolicySet.Of([BuiltInPolicies.Everything], true).Evaluate(PolicyRequest.Of(action, "#"u8), AccessContext.Nobody).IsAllowed);
    }
}
