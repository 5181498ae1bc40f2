using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Presence.Dashboard.Tests.Support;

/// <summary>A reply, read to its end.</summary>
public sealed record Answer(int Status, string Body, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public JsonNode Json => JsonNode.Parse(Body) ?? throw new InvalidOperationException("The body is null.");

    /// <summary>The <c>code</c> of an error.</summary>
    public int Code => Json["code"]!.GetValue<int>();

    public string Message => Json["message"]!.GetValue<string>();

    public static async Task<Answer> OfAsync(HttpResponseMessage reply) =>
        new((int)reply.StatusCode, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), reply.Headers, reply.Content.Headers);

    /// <summary>Asserts the error shape, whole: these members and no others.</summary>
    public void IsRefusal(int status, int code)
    {
        Assert.Equal((status, code), (Status, Code));
        var members = Json.AsObject().Select(member => member.Key).ToArray();
        Assert.Equal(members.Contains("data") ? ["status", "code", "message", "data"] : ["status", "code", "message"], members);
        Assert.Equal("error", Json["status"]!.GetValue<string>());
        Assert.NotEmpty(Message);
        Assert.Equal("application/json; charset=utf-8", ContentHeaders.ContentType?.ToString());
        Assert.DoesNotContain("   at ", Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", Body, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", Body, StringComparison.Ordinal);
    }
}
