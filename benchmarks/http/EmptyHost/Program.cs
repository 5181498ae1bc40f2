// The baseline of the HTTP budget: the least an ASP.NET Core server can do with a heartbeat. It reads no token,
// knows no room and remembers nobody; it answers what the product answers at the least.
//
// "EmptyHost mint <users>" prints access tokens instead, as a customer's backend signs them with the secret in JWT_SECRET.

using System.Security.Cryptography;
using System.Text;

if (args is ["mint", var users])
{
    using var hash = new HMACSHA256(Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("JWT_SECRET") ?? throw new InvalidOperationException("JWT_SECRET is not set.")));
    var head = Encode("""{"alg":"HS256","typ":"JWT"}""");
    var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    await using var output = new StreamWriter(Console.OpenStandardOutput());
    for (var user = 0; user < int.Parse(users, System.Globalization.CultureInfo.InvariantCulture); user++)
    {
        var signed = $"{head}.{Encode($$"""{"sub":"viewer-{{user}}","name":"Viewer {{user}}","sid":"device-{{user}}","iat":{{now}},"exp":{{now + 86400}}}""")}";
        await output.WriteLineAsync($"{signed}.{System.Buffers.Text.Base64Url.EncodeToString(hash.ComputeHash(Encoding.ASCII.GetBytes(signed)))}");
    }
    return;
}

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
var app = builder.Build();

var answer = "{\"success\":true}"u8.ToArray();
app.MapPost("/api/v1/presence/rooms/{roomId}/heartbeat", (HttpContext context, string roomId) =>
{
    var response = context.Response;
    response.StatusCode = StatusCodes.Status202Accepted;
    response.ContentType = "application/json";
    response.ContentLength = answer.Length;
    return response.Body.WriteAsync(answer).AsTask();
});

app.MapGet("/health/ready", () => TypedResults.Ok());

await app.RunAsync();

static string Encode(string json) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
