"""The index process, writing a part of its files every few items."""

from app.core.index import kept
from workers import index_process

if __name__ == "__main__":
    kept.FULL_PART_FRAMES = 60
    index_process.FOLLOW_EVERY_S = 0.02
    index_process.main()
