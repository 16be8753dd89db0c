"""A client in another language: generated from the .proto files, it submits, waits, reads, and slices by code points.

`tests/run` generates the stubs, puts them on the path and names the executable.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

try:
    import grpc
    from marsad.v1 import analysis_pb2, article_pb2, ingest_service_pb2, ingest_service_pb2_grpc
    from marsad.v1 import query_service_pb2, query_service_pb2_grpc
    EXECUTABLE = os.environ["MARSAD_TEST_EXECUTABLE"]
except (ImportError, KeyError) as error:
    sys.exit(f"{error}: use tests/run")

TEXT = (
    "🛰️ عاجل: التقى وزير الخارجية العراقي نظيره التركي في بغداد يوم 5 آذار 2024، وقال الوزير إن الجانبين وقعا اتفاقا "
    "جديدا حول المياه."
)
SECONDS = 60


class Server:
    """An embedded system on free ports, with a token."""

    def __init__(self, folder: Path) -> None:
        tokens = folder / "tokens"
        make = [EXECUTABLE, "token", "new", "--file", str(tokens), "--name", "python"]
        scopes = ["--scope", "read", "--scope", "write"]
        made = subprocess.run([*make, *scopes], capture_output=True, text=True, check=True)
        self.metadata = [("authorization", f"Bearer {made.stdout.strip()}")]
        self.log = folder / "log"
        anywhere = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]
        command = [EXECUTABLE, "--data-dir", str(folder / "data"), "--tokens-file", str(tokens), *anywhere]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, stderr=log, stdout=subprocess.DEVNULL)
        self.channel = grpc.insecure_channel(wait(self.address))

    def address(self) -> str | None:
        for line in self.log.read_text().splitlines():
            fields = json.loads(line)["fields"]
            if fields["message"] == "ready for calls":
                return fields["address"]
        return None

    def close(self) -> None:
        self.channel.close()
        self.process.terminate()
        self.process.wait(30)


def wait(look):
    """What `look` sees at last."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        seen = look()
        if seen:
            return seen
        time.sleep(0.02)
    raise AssertionError(f"waited {SECONDS} s")


class ClientTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.server = Server(Path(cls.folder.name))
        cls.addClassCleanup(cls.server.close)
        cls.ingest = ingest_service_pb2_grpc.IngestServiceStub(cls.server.channel)
        cls.query = query_service_pb2_grpc.QueryServiceStub(cls.server.channel)

    def analysed(self, article_id: str):
        def look():
            try:
                request = query_service_pb2.GetArticleRequest(article_id=article_id)
                article = self.query.GetArticle(request, metadata=self.server.metadata).article
            except grpc.RpcError as error:
                if error.code() == grpc.StatusCode.NOT_FOUND:
                    return None
                raise
            return article if article.state == article_pb2.ARTICLE_STATE_ANALYSED else None

        return wait(look)

    def test_submit_wait_list_and_slice(self) -> None:
        article = article_pb2.ArticleInput(text=TEXT, url="https://python.example/1", published_at="2024-03-06")
        request = ingest_service_pb2.SubmitArticleRequest(article=article)
        submitted = self.ingest.SubmitArticle(request, metadata=self.server.metadata)
        stored = self.analysed(submitted.article_id)
        self.assertEqual(stored.text, TEXT)

        request = query_service_pb2.GetAnalysisRequest(
            article_id=submitted.article_id, span_unit=analysis_pb2.SPAN_UNIT_CODE_POINTS
        )
        analysis = self.query.GetAnalysis(request, metadata=self.server.metadata).analysis
        self.assertGreater(len(analysis.mentions), 2)
        for mention in analysis.mentions:
            self.assertEqual(TEXT[mention.span.start : mention.span.end], mention.text)

        request = query_service_pb2.ListEventsRequest(
            article_id=submitted.article_id, span_unit=analysis_pb2.SPAN_UNIT_CODE_POINTS
        )
        events = self.query.ListEvents(request, metadata=self.server.metadata).events
        self.assertTrue(events)
        for record in events:
            trigger = record.event.trigger
            self.assertEqual(TEXT[trigger.start : trigger.end], record.event.trigger_text)

    def test_a_stream(self) -> None:
        def requests():
            for sequence in range(20):
                article = article_pb2.ArticleInput(text=TEXT, url=f"https://python.example/stream/{sequence}")
                yield ingest_service_pb2.SubmitArticlesRequest(sequence=sequence, article=article)

        answers = list(self.ingest.SubmitArticles(requests(), metadata=self.server.metadata))
        self.assertEqual(sorted(answer.sequence for answer in answers), list(range(20)))
        self.assertTrue(all(answer.HasField("accepted") for answer in answers))
        for answer in answers:
            self.analysed(answer.accepted.article_id)

    def test_errors_say_what_is_wrong(self) -> None:
        request = ingest_service_pb2.SubmitArticleRequest(article=article_pb2.ArticleInput(text=" "))
        with self.assertRaises(grpc.RpcError) as refused:
            self.ingest.SubmitArticle(request, metadata=self.server.metadata)
        self.assertEqual(refused.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
        self.assertIn("article.text", refused.exception.details())
        with self.assertRaises(grpc.RpcError) as refused:
            self.query.ListEvents(query_service_pb2.ListEventsRequest())
        self.assertEqual(refused.exception.code(), grpc.StatusCode.UNAUTHENTICATED)


if __name__ == "__main__":
    unittest.main()
