using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using OrleansIot.Application.Access;
using OrleansIot.Domain.Access;

namespace OrleansIot.Application.Tests.Access;

public sealed class PolicyDocumentTests
{
    private const string Attributes = "iot:ConnectAttributes";

    [Fact]
    public void A_document_is_read_field_by_field()
    {
        var policy = Valid(
            """
            {
              "Version": "2012-10-17", "Id": "any",
              "Statement": [
                { "Sid": "s", "Effect": "Allow", "Action": ["iot:Publish", "iot:Receive"], "Resource": ["arn:aws:iot:eu-central-1:123456789012:topic/a/*", "topic/b"] },
                { "Effect": "Deny", "Action": "iot:*", "Resource": "*", "Condition": { "Bool": { "iot:Connection.Thing.IsAttached": false } } }
              ]
            }
            """);

        Assert.Equal(("p", 2), (policy.Name, policy.Statements.Length));
        var (first, second) = (policy.Statements[0], policy.Statements[1]);
        Assert.Equal(("s", PolicyEffect.Allow, PolicyActions.Publish | PolicyActions.Receive), (first.Id, first.Effect, first.Actions));
        Assert.Equal(["arn:aws:iot:eu-central-1:123456789012:topic/a/*", "topic/b"], first.Resources.Select(resource => resource.Text));
        Assert.Equal((null, PolicyEffect.Deny, PolicyActionNames.All.Length), (second.Id, second.Effect, int.PopCount((int)second.Actions)));
        Assert.Equal("Bool iot:Connection.Thing.IsAttached [false]", Assert.Single(second.Conditions).ToString());
    }

    [Fact]
    public void One_statement_needs_no_list() =>
        Assert.Single(Valid("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:Connect","Resource":"client/a"}}""").Statements);

    [Theory]
    [InlineData("iot:Get*", PolicyActions.GetRetainedMessage | PolicyActions.GetThingShadow | PolicyActions.GetPendingJobExecutions)]
    [InlineData("iot:?ublish", PolicyActions.Publish)]
    [InlineData("greengrass:*", PolicyActions.None)]
    public void Actions_may_have_wildcards_and_those_of_other_services_allow_nothing(string action, PolicyActions meant) =>
        Assert.Equal(meant, Valid(Statement($$""" "Effect":"Allow","Action":"{{action}}","Resource":"*" """)).Statements[0].Actions);

    // The example of AWS's guide: deny two names, allow the attached thing.
    [Theory]
    [InlineData("t1", "t1", true)]
    [InlineData("t1", null, false)]
    [InlineData("t1", "t2", false)]
    [InlineData("client1", "client1", false)]
    public void A_client_connects_as_the_thing_its_certificate_is_attached_to(string clientId, string? thing, bool allowed)
    {
        var set = Set(
            """
            { "Version": "2012-10-17", "Statement": [
              { "Effect": "Deny", "Action": ["iot:Connect"], "Resource": ["arn:aws:iot:us-east-1:123456789012:client/client1", "arn:aws:iot:us-east-1:123456789012:client/client2"] },
              { "Effect": "Allow", "Action": ["iot:Connect"], "Resource": ["arn:aws:iot:us-east-1:123456789012:client/${iot:Connection.Thing.ThingName}"],
                "Condition": { "Bool": { "iot:Connection.Thing.IsAttached": "true" } } } ] }
            """);
        var context = new AccessContext(clientId, thing: thing is null ? null : new AttachedThing(thing));

        Assert.Equal(allowed, set.Evaluate(PolicyRequest.Connect(Encoding.UTF8.GetBytes(clientId), ConnectAttributes.None), context).IsAllowed);
    }

    [Theory]
    [InlineData("ForAllValues:StringEquals", "PersistentConnect", true, true, false, false)]
    [InlineData("ForAllValues:StringEquals", "LastWill", true, false, true, false)]
    [InlineData("ForAllValues:StringNotEquals", "PersistentConnect", true, false, true, false)]
    [InlineData("ForAnyValue:StringEquals", "PersistentConnect", false, true, false, true)]
    [InlineData("ForAnyValue:StringNotEquals", "PersistentConnect", false, false, true, true)]
    public void Sessions_and_wills_are_granted_by_condition(string comparison, string value, bool plain, bool session, bool will, bool both)
    {
        var json = Statement($$$""" "Effect":"Allow","Action":"iot:Connect","Resource":"*","Condition":{"{{{comparison}}}":{"{{{Attributes}}}":["{{{value}}}"]}} """);

        Assert.Equal([plain, session, will, both], Connects(Set(json)));
        Assert.Equal([plain, session, will, both], Connects(Set(json, needGrant: true)));
    }

    [Fact]
    public void Without_a_condition_sessions_and_wills_are_granted_only_where_no_grant_is_needed()
    {
        var json = Statement(""" "Effect":"Allow","Action":"iot:Connect","Resource":"*" """);

        Assert.Equal([true, true, true, true], Connects(Set(json)));
        Assert.Equal([true, false, false, false], Connects(Set(json, needGrant: true)));
        Assert.Contains("add a condition", Set(json, needGrant: true).Explain(PolicyRequest.Connect("a"u8, ConnectAttributes.LastWill), AccessContext.Nobody).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_denied_attribute_is_denied_whatever_is_allowed() => Assert.Equal([true, false, true, false], Connects(Set(
        $$"""
        { "Version": "2012-10-17", "Statement": [
          { "Effect": "Allow", "Action": "iot:Connect", "Resource": "*" },
          { "Effect": "Deny", "Action": "iot:Connect", "Resource": "*", "Condition": { "ForAnyValue:StringEquals": { "{{Attributes}}": "PersistentConnect" } } } ] }
        """)));

    [Theory]
    [InlineData("iot:ClientId", "t1")]
    [InlineData("aws:SourceIp", "192.0.2.7")]
    [InlineData("iot:Connection.Thing.ThingName", "t1")]
    [InlineData("iot:Connection.Thing.ThingTypeName", "pump")]
    [InlineData("iot:Connection.Thing.Attributes[site]", "north")]
    [InlineData("iot:Connection.Thing.IsAttached", "true")]
    [InlineData("iot:CertificateId", "abc")]
    [InlineData("iot:Certificate.SerialNumber", "01")]
    [InlineData("iot:Certificate.Subject.CommonName", "first")]
    [InlineData("iot:Certificate.Subject.CommonName.1", "second")]
    [InlineData("iot:Certificate.Issuer.Organization", "Org")]
    [InlineData("iot:Certificate.Subject.AlternativeName.DNSName", "d.example")]
    [InlineData("iot:Connection.Thing.Attributes[wide]", null)]
    [InlineData("iot:Connection.Thing.Attributes[none]", null)]
    [InlineData("iot:Certificate.Subject.CommonName.2", null)]
    [InlineData("iot:Certificate.Subject.Country", null)]
    [InlineData("iot:Certificate.Subject.State", null)]
    public void A_variable_stands_for_what_is_known_of_the_connection(string variable, string? value)
    {
        var set = Set(Statement($$""" "Effect":"Allow","Action":"iot:Publish","Resource":"topic/x/${{{variable}}}" """));

        Assert.Equal(value is not null, set.Evaluate(PolicyRequest.Publish(Encoding.UTF8.GetBytes($"x/{value}")), Known).IsAllowed);
        foreach (var other in new[] { $"x/${{{variable}}}", "x/", "x/#", "x/a+b", "x/Sa*xony", "x/other" })
            Assert.False(set.Evaluate(PolicyRequest.Publish(Encoding.UTF8.GetBytes(other)), Known).IsAllowed);
    }

    [Theory]
    [InlineData(""" "StringEquals":{"iot:ClientId":["x","t1"]} """, true)]
    [InlineData(""" "StringEquals":{"iot:ClientId":"t*"} """, false)]
    [InlineData(""" "StringLike":{"iot:ClientId":"t*"} """, true)]
    [InlineData(""" "StringNotLike":{"iot:ClientId":["x*","t*"]} """, false)]
    [InlineData(""" "StringNotEquals":{"iot:ClientId":["x","y"]} """, true)]
    [InlineData(""" "StringEquals":{"iot:ClientId":"${iot:Connection.Thing.ThingName}"} """, true)]
    [InlineData(""" "StringEquals":{"iot:Connection.Thing.Attributes[wide]":"#"} """, true)]
    [InlineData(""" "StringEquals":{"iot:Certificate.Subject.Country":"DE"} """, false)]
    [InlineData(""" "StringEqualsIfExists":{"iot:Certificate.Subject.Country":"DE"} """, true)]
    [InlineData(""" "StringNotEquals":{"iot:Certificate.Subject.Country":"DE"} """, true)]
    [InlineData(""" "StringEquals":{"iot:ClientId":"t1"}, "Bool":{"iot:Connection.Thing.IsAttached":"false"} """, false)]
    [InlineData(""" "StringEquals":{"iot:ClientId":"t1","iot:CertificateId":"other"} """, false)]
    [InlineData(""" "ForAnyValue:StringEquals":{"iot:Certificate.Subject.CommonName.List":"second"} """, true)]
    [InlineData(""" "ForAllValues:StringEquals":{"iot:Certificate.Subject.CommonName.List":"second"} """, false)]
    [InlineData(""" "ForAllValues:StringEquals":{"iot:Certificate.Subject.CommonName.List":["second","first"]} """, true)]
    [InlineData(""" "IpAddress":{"aws:SourceIp":"192.0.2.0/24"} """, true)]
    [InlineData(""" "IpAddress":{"aws:SourceIp":["10.0.0.0/8","192.0.2.7"]} """, true)]
    [InlineData(""" "IpAddress":{"aws:SourceIp":"192.0.3.0/24"} """, false)]
    [InlineData(""" "IpAddress":{"aws:SourceIp":"0.0.0.0/0"} """, true)]
    [InlineData(""" "IpAddress":{"aws:SourceIp":"192.0.2.200/24"} """, true)]
    [InlineData(""" "IpAddress":{"aws:SourceIp":"2001:db8::/32"} """, false)]
    [InlineData(""" "NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"} """, false)]
    [InlineData(""" "NotIpAddress":{"aws:SourceIp":"2001:db8::/32"} """, true)]
    public void All_conditions_have_to_be_met(string condition, bool met) => Assert.Equal(
        met,
        Set(Statement($$""" "Effect":"Allow","Action":"iot:Publish","Resource":"*","Condition":{{{condition}}} """)).Evaluate(PolicyRequest.Publish("a"u8), Known).IsAllowed);

    [Fact]
    public void An_address_is_the_same_written_as_IPv4_or_as_mapped_to_IPv6()
    {
        Assert.Equal(SourceAddresses.Of(IPAddress.Parse("192.0.2.7")), SourceAddresses.Of(IPAddress.Parse("::ffff:192.0.2.7")));
        Assert.True(SourceAddresses.RangeOf("2001:db8::/32")!.Value.Contains(SourceAddresses.Of(IPAddress.Parse("2001:db8::1")).Number));
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var result = PolicyDocumentReader.Read(
            "p",
            """
            {
              "version": "2012-10-17",
              "Statement": [
                { "Sid": 3, "Effect": "allow", "Action": ["iot:publish", "iot:Pubish", "sns:Publish", 3], "Resource": ["topics/a", "arn:aws:s3:::b", "topic/${iot:Me}", 4], "extra": 1 },
                { "Effect": "Deny", "NotAction": "iot:Connect", "NotResource": "*" },
                7,
                { "Effect": "Deny", "Action": [], "Resource": "*", "Condition": {
                    "StringIs": {}, "Bool": { "iot:Connection.Thing.IsAttached": "yes" }, "StringEquals": { "iot:ConnectAttributes": "LastWill", "iot:Me": "a", "iot:ClientId": 5 },
                    "ForAllValues:StringEquals": { "iot:ClientId": "a" }, "IpAddress": { "aws:SourceIp": "192.0.2.1/33", "iot:ClientId": "10.0.0.0/8" } } }
              ]
            }
            """);

        Assert.Equal(
            [
                "Statement[0].Action[0]", "Statement[0].Action[1]", "Statement[0].Action[2]", "Statement[0].Action[3]", "Statement[0].Effect",
                "Statement[0].Resource[0]", "Statement[0].Resource[1]", "Statement[0].Resource[2]", "Statement[0].Resource[3]", "Statement[0].Sid", "Statement[0].extra",
                "Statement[1].Action", "Statement[1].NotAction", "Statement[1].NotResource", "Statement[1].Resource",
                "Statement[2]",
                "Statement[3].Action", "Statement[3].Condition.Bool.iot:Connection.Thing.IsAttached", "Statement[3].Condition.ForAllValues:StringEquals.iot:ClientId",
                "Statement[3].Condition.IpAddress.aws:SourceIp", "Statement[3].Condition.IpAddress.iot:ClientId", "Statement[3].Condition.StringEquals.iot:ClientId",
                "Statement[3].Condition.StringEquals.iot:ConnectAttributes", "Statement[3].Condition.StringEquals.iot:Me", "Statement[3].Condition.StringIs",
                "Version", "version",
            ],
            result.Faults.Select(fault => fault.Path).Order(StringComparer.Ordinal));
        Assert.All(result.Faults, fault => Assert.True(fault.Problem.Length > 5 && fault.Mend.Length > 5, fault.ToString()));
        Assert.Equal("Write \"iot:Publish\".", result.Faults.Single(fault => fault.Path == "Statement[0].Action[0]").Mend);
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("[1]", "not an object")]
    [InlineData("""{"Version":"2012-10-17","Version":"2012-10-17"}""", "Version")]
    public void What_is_no_document_at_all_is_one_fault(string json, string said)
    {
        var fault = Assert.Single(PolicyDocumentReader.Read("p", json).Faults);

        Assert.Equal("$", fault.Path);
        Assert.Contains(said, fault.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2008-10-17")]
    [InlineData("")]
    public void A_version_without_variables_is_refused(string version) =>
        Assert.Equal("Version", Assert.Single(PolicyDocumentReader.Read("p", Statement(""" "Effect":"Allow","Action":"iot:Connect","Resource":"*" """).Replace("2012-10-17", version, StringComparison.Ordinal)).Faults).Path);

    [Fact]
    public void A_document_has_an_end() =>
        Assert.Contains("16384", Assert.Single(PolicyDocumentReader.Read("p", new string(' ', PolicyDocumentReader.MaxBytes + 1)).Faults).Mend, StringComparison.Ordinal);

    [Fact]
    public void Any_cut_document_is_answered_and_never_thrown_at()
    {
        var json = Statement(""" "Effect":"Allow","Action":["iot:Connect"],"Resource":"*","Condition":{"Bool":{"iot:Connection.Thing.IsAttached":"true"}} """);
        for (var cut = 0; cut < json.Length; cut++)
            Assert.False(PolicyDocumentReader.Read("p", json[..cut]).IsValid);
    }

    private static AccessContext Known { get; } = new(
        "t1",
        SourceAddresses.Of(IPAddress.Parse("192.0.2.7")),
        new AttachedThing("t1", "pump", new Dictionary<string, string> { ["site"] = "north", ["wide"] = "#" }.ToFrozenDictionary()),
        new Dictionary<string, ImmutableArray<string>>
        {
            ["Id"] = ["abc"],
            ["SerialNumber"] = ["01"],
            ["Subject.CommonName"] = ["first", "second"],
            ["Subject.State"] = ["Sa*xony"],
            ["Issuer.Organization"] = ["Org"],
            ["Subject.AlternativeName.DNSName"] = ["d.example"],
        });

    private static bool[] Connects(PolicySet set) =>
    [
        .. new[] { ConnectAttributes.None, ConnectAttributes.PersistentConnect, ConnectAttributes.LastWill, ConnectAttributes.PersistentConnect | ConnectAttributes.LastWill }
            .Select(attributes => set.Evaluate(PolicyRequest.Connect("c"u8, attributes), new AccessContext("c")).IsAllowed),
    ];

    private static string Statement(string fields) => $$"""{"Version":"2012-10-17","Statement":[{{{fields}}}]}""";

    private static PolicySet Set(string json, bool needGrant = false) => PolicySet.Of([Valid(json)], needGrant);

    private static Policy Valid(string json)
    {
        var result = PolicyDocumentReader.Read("p", json);
        Assert.True(result.IsValid, string.Join('\n', result.Faults));
        return result.Policy;
    }
}
