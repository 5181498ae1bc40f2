// The yardstick of the HTTP budget: the least an ASP.NET Core server can do with a heartbeat. It reads no token,
// knows no room and remembers nobody; it answers what the product answers at the least.

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
