"""What every object store promises."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from core.media.storage import ObjectMissing

KEY = "usr_alice/blobs/ab/abcdef.png"
BIG = bytes(range(256)) * 80_000  # 20 MB: goes to a bucket in parts


class TestEveryStore:
    def test_gives_back_what_was_put(self, store):
        store.put(KEY, b"a fox", content_type="image/png")
        assert store.get(KEY) == b"a fox"
        assert store.size(KEY) == 5
        assert store.exists(KEY)

    def test_takes_a_file_as_well_as_bytes(self, store, tmp_path):
        source = tmp_path / "big"
        source.write_bytes(BIG)
        store.put(KEY, source, content_type="video/mp4")
        assert store.get(KEY) == BIG
        assert source.exists()

    def test_keeps_an_empty_object(self, store):
        store.put(KEY, b"", content_type="text/plain")
        assert store.get(KEY) == b""

    def test_putting_again_replaces(self, store):
        store.put(KEY, b"a fox", content_type="image/png")
        store.put(KEY, b"an owl", content_type="image/png")
        assert store.get(KEY) == b"an owl"
        assert [stored.key for stored in store.list()] == [KEY]

    def test_opens_an_object_as_a_seekable_file(self, store):
        store.put(KEY, b"a fox", content_type="image/png")
        with store.open(KEY) as file:
            file.seek(2)
            assert file.read() == b"fox"

    def test_downloads_to_a_path(self, store, tmp_path):
        store.put(KEY, BIG, content_type="image/png")
        store.download(KEY, tmp_path / "copy.png")
        assert (tmp_path / "copy.png").read_bytes() == BIG

    def test_a_failed_download_leaves_nothing(self, store, tmp_path):
        target = tmp_path / "target"
        target.mkdir()
        with pytest.raises(ObjectMissing):
            store.download(KEY, target / "copy.png")
        assert list(target.iterdir()) == []

    @pytest.mark.parametrize("read", ["get", "open", "size"])
    def test_a_missing_object_is_named_missing(self, store, read):
        with pytest.raises(ObjectMissing):
            getattr(store, read)(KEY)
        assert not store.exists(KEY)

    def test_a_folder_of_objects_is_not_an_object(self, store):
        store.put(KEY, b"a fox", content_type="image/png")
        assert not store.exists("usr_alice/blobs")
        with pytest.raises(ObjectMissing):
            store.get("usr_alice/blobs")

    def test_deleting_twice_is_fine(self, store):
        store.put(KEY, b"a fox", content_type="image/png")
        store.delete(KEY)
        store.delete(KEY)
        assert not store.exists(KEY)

    def test_deleting_a_prefix_takes_whole_names_only(self, store):
        for key in ("usr_a/1.png", "usr_a/deep/2.png", "usr_ab/3.png"):
            store.put(key, b"x", content_type="image/png")
        store.delete_prefix("usr_a")
        assert [stored.key for stored in store.list()] == ["usr_ab/3.png"]
        store.delete_prefix("usr_a")

    def test_refuses_to_delete_everything(self, store):
        with pytest.raises(ValueError, match="whole store"):
            store.delete_prefix("/")

    def test_lists_a_prefix_with_sizes_and_times(self, store):
        for key in ("usr_b/2.png", "usr_a/1.png", "usr_b/1.png"):
            store.put(key, key.encode(), content_type="image/png")
        listed = list(store.list("usr_b/"))
        assert [stored.key for stored in listed] == ["usr_b/1.png", "usr_b/2.png"]
        assert [stored.size_bytes for stored in listed] == [11, 11]
        assert all(abs(datetime.now(UTC) - stored.modified_at) < timedelta(minutes=5) for stored in listed)
        assert list(store.list("usr_nobody")) == []

    @pytest.mark.parametrize(
        "key",
        ["", "/etc/passwd", "../outside", "a/../../b", "a//b", "a/./b", "a\\b", "a/b\0", "a/", ".hidden", "x" * 500],
    )
    def test_refuses_keys_that_could_lead_elsewhere(self, store, key):
        for use in (store.get, store.delete, store.exists, store.local_path):
            with pytest.raises(ValueError, match="not a key"):
                use(key)
        with pytest.raises(ValueError, match="not a key"):
            store.put(key, b"x", content_type="image/png")

    def test_a_missing_source_is_the_callers_mistake(self, store, tmp_path):
        with pytest.raises(FileNotFoundError):
            store.put(KEY, tmp_path / "nowhere.png", content_type="image/png")
        assert not store.exists(KEY)

    def test_the_check_leaves_nothing_behind(self, store):
        store.check()
        assert list(store.list()) == []

    def test_many_threads_may_put_the_same_object_at_once(self, store):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: store.put(KEY, b"a fox" * 1000, content_type="image/png"), range(40)))
        assert store.get(KEY) == b"a fox" * 1000
        assert len(list(store.list())) == 1
